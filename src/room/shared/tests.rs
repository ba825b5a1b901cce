//! A room that is shared, without a model: commands in, updates out.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::*;
use crate::debate::{Event, Expert, Floor, Kind, Manner, Opening, Panel, Sampling, Staging};

struct Rig {
    host: Handle,
    door: Door,
    /// What the room is told.
    told: mpsc::Receiver<Command>,
    /// What the room tells.
    tells: mpsc::Sender<Update>,
}

fn rig() -> Rig {
    let (commands, told) = mpsc::channel(64);
    let (tells, updates) = mpsc::channel(64);
    let (host, door) = share(Handle { commands, updates }, Debate::default());
    Rig { host, door, told, tells }
}

fn opened() -> Update {
    let experts = ["Steve Jobs: taste", "Mara Lind: proof"].map(|e| Expert::from_line(e).unwrap());
    let panel = Panel { name: "p".into(), experts: experts.into(), ..Panel::default() };
    let opening = Opening {
        session: "s".into(),
        topic: "What?".into(),
        panel,
        model: "m".into(),
        staging: Staging::Turns,
        floor: Floor::Rotate,
        seed: 1,
        sampling: Sampling::default(),
        version: "0".into(),
        format: None,
    };
    Update::Event(Arc::new(Event { seq: 1, at: 1, kind: Kind::Opened(Box::new(opening)) }))
}

fn say(text: &str) -> Command {
    Command::Say { to: None, text: text.into(), manner: Manner::Say }
}

#[tokio::test]
async fn a_guest_gets_the_debate_as_it_stands_and_speaks_under_their_own_name() {
    let mut rig = rig();
    rig.tells.send(opened()).await.unwrap();
    assert!(rig.host.updates.recv().await.is_some());
    let mut mara = rig.door.enter("MARA".into(), false, None).await.unwrap();
    assert_eq!(mara.debate.topic(), "What?");
    assert!(rig.door.say(mara.guest.id, Command::Voice { by: "THE HOST".into(), to: None, text: "Hm.".into(), manner: Manner::Say }));
    assert!(matches!(rig.told.recv().await, Some(Command::Voice { by, .. }) if by.as_str() == "MARA"));
    rig.tells.send(Update::Status(Status::default())).await.unwrap();
    assert!(matches!(mara.updates.recv().await, Some(Update::Status(_))));
}

#[tokio::test]
async fn a_name_that_is_an_expert_s_is_told_apart() {
    let mut rig = rig();
    rig.tells.send(opened()).await.unwrap();
    rig.host.updates.recv().await;
    let guest = rig.door.enter("STEVE JOBS".into(), false, None).await.unwrap();
    rig.door.say(guest.guest.id, say("I quit."));
    assert!(matches!(rig.told.recv().await, Some(Command::Voice { by, .. }) if by.as_str() == "GUEST STEVE JOBS"));
}

#[tokio::test]
async fn what_only_the_host_does_and_what_is_too_much_reaches_no_room() {
    let mut rig = rig();
    let mut mara = rig.door.enter("MARA".into(), false, None).await.unwrap();
    let mut ben = rig.door.enter("BEN".into(), true, None).await.unwrap();
    for line in
        ["stop", "pause", "cut", "undo", "note Rain.", "swap JOBS = Ada: x", "model x", "stage main", "vote for", "minutes", "retake 1"]
    {
        rig.door.say(mara.guest.id, Command::parse(line).unwrap());
        assert!(matches!(mara.updates.recv().await, Some(Update::Refused(why)) if why.as_str() == allowed::HOSTS), "{line}");
    }
    rig.door.say(ben.guest.id, say("Hm."));
    assert!(matches!(ben.updates.recv().await, Some(Update::Refused(why)) if why.as_str() == allowed::LOOKS_ON));
    rig.door.say(mara.guest.id, say(&"x".repeat(WORDS_MAX + 1)));
    assert!(matches!(mara.updates.recv().await, Some(Update::Refused(why)) if why.as_str().contains("too long")));
    for _ in 0..IN_A_ROW {
        rig.door.say(mara.guest.id, say("Hm."));
        assert!(rig.told.recv().await.is_some());
    }
    rig.door.say(mara.guest.id, say("Hm."));
    assert!(matches!(mara.updates.recv().await, Some(Update::Refused(why)) if why.as_str().contains("a lot at once")));
    assert!(rig.told.try_recv().is_err());
}

#[tokio::test]
async fn what_a_guest_is_refused_the_guest_is_told_and_nobody_else() {
    let mut rig = rig();
    let mut mara = rig.door.enter("MARA".into(), false, None).await.unwrap();
    let mut ben = rig.door.enter("BEN".into(), false, None).await.unwrap();
    rig.door.say(mara.guest.id, say("Hm."));
    rig.told.recv().await;
    rig.tells.send(Update::Refused("no".into())).await.unwrap();
    assert!(matches!(mara.updates.recv().await, Some(Update::Refused(_))));
    rig.host.commands.send(Command::Undo).await.unwrap();
    rig.told.recv().await;
    rig.tells.send(Update::Refused("nothing to undo".into())).await.unwrap();
    assert!(matches!(rig.host.updates.recv().await, Some(Update::Refused(why)) if why.as_str().contains("undo")));
    assert!(ben.updates.try_recv().is_err() && mara.updates.try_recv().is_err());
}

#[tokio::test]
async fn a_guest_who_is_behind_comes_in_again_and_one_who_was_sent_away_does_not() {
    let mut rig = rig();
    let mut mara = rig.door.enter("MARA".into(), false, None).await.unwrap();
    for _ in 0..BEHIND + 2 {
        rig.tells.send(Update::Status(Status::default())).await.unwrap();
        assert!(rig.host.updates.recv().await.is_some(), "the host waits for nobody");
    }
    let mut seen = 0;
    while mara.updates.recv().await.is_some() {
        seen += 1;
    }
    assert_eq!(seen, BEHIND);
    let again = rig.door.enter("MARA".into(), false, Some(mara.guest.id)).await.unwrap();
    assert_eq!(again.guest.id, mara.guest.id);
    let mut here = rig.door.here();
    assert_eq!(here.borrow_and_update().len(), 1);
    assert!(rig.door.see_out(mara.guest.id));
    here.changed().await.unwrap();
    assert!(here.borrow().is_empty());
    assert_eq!(rig.door.enter("MARA".into(), false, Some(mara.guest.id)).await.unwrap_err(), NoPlace::SentAway);
    drop(rig.tells);
    assert!(rig.host.updates.recv().await.is_none());
    assert_eq!(rig.door.enter("BEN".into(), false, None).await.unwrap_err(), NoPlace::Over);
}

#[tokio::test]
async fn there_are_so_many_places_and_one_name_can_t_take_them_all() {
    let rig = rig();
    let mut places = Vec::new();
    for n in 0..GUESTS {
        places.push(rig.door.enter(Clean::line(&format!("G{}", n / OF_ONE_NAME)), true, None).await.unwrap());
    }
    assert_eq!(rig.door.enter("LATE".into(), true, None).await.unwrap_err(), NoPlace::Full);
    rig.door.leave(places[0].guest.id).await;
    assert_eq!(rig.door.enter("G1".into(), true, None).await.unwrap_err(), NoPlace::Full);
    assert!(rig.door.enter("LATE".into(), true, None).await.is_ok());
}
