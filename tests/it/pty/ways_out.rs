//! Ways out of the room that are told nowhere else: after each the terminal is as it was before. (`q`, signals, a break, and Ctrl-Z are in the
//! files beside this one.)

use super::*;

#[test]
fn ctrl_c_twice_leaves_a_whole_terminal() {
    let stage = Stage::new(" Taste is what is left.");
    let pty = stage.room();
    pty.send("\x03\x03");
    pty.end();
    assert!(stage.home.run(&["show"]).good().contains("Taste is what is left."));
}

#[cfg(unix)]
#[test]
fn ctrl_c_before_anything_is_drawn_leaves_a_whole_terminal() {
    for _ in 0..3 {
        let stage = Stage::new(" Taste is what is left.");
        let pty = Pty::start(&stage, &stage.args(&["What is a moat?"]), &[], false);
        // As long as it takes: the first ones may come before anybody reads, or as a signal.
        let until = Instant::now() + PATIENCE;
        while !pty.shown.0.lock().unwrap().ended {
            assert!(Instant::now() < until, "it never left");
            let _ = pty.writer.lock().unwrap().write_all(b"\x03");
            let shown = pty.shown.0.lock().unwrap();
            drop(pty.shown.1.wait_timeout(shown, Duration::from_millis(50)).unwrap());
        }
        pty.end();
    }
}

#[cfg(unix)]
#[test]
fn a_stop_from_outside_and_going_on_change_nothing() {
    let stage = Stage::new(" Taste is what is left.");
    let pty = stage.room();
    // Ctrl-D is a page down, and no way out.
    pty.send("\x04");
    for _ in 0..3 {
        pty.signal("-STOP");
        pty.send("?");
        pty.signal("-CONT");
        pty.see("take part");
        pty.send("\x1b");
        pty.gone("take part");
    }
    pty.send("q");
    assert_eq!(pty.end().0, 0);
}

/// Whoever has no keyboard to read from gets lines, and an end when there is nothing to read.
#[cfg(unix)]
#[test]
fn a_standard_input_that_is_at_its_end_leaves_a_whole_terminal() {
    let stage = Stage::new(" Taste is what is left.");
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", "exec \"$0\" \"$@\" </dev/null", env!("CARGO_BIN_EXE_agon")]);
    command.args(stage.args(&["What is a moat?", "--plain"]));
    let pty = Pty::spawn(&stage, command, &[], false);
    pty.end();
}
