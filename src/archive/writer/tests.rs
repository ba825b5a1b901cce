use std::sync::Mutex;

use super::*;
use crate::debate::Kind;

fn event(seq: u64) -> Event {
    Event { seq, at: seq, kind: Kind::Resumed }
}

fn drain(acks: &mut mpsc::UnboundedReceiver<Ack>) -> Vec<Ack> {
    std::iter::from_fn(|| acks.blocking_recv()).collect()
}

#[test]
fn whatever_fails_in_between_each_event_is_stored_and_acknowledged_once_and_in_order() {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let into = stored.clone();
    let mut tries = 0;
    let (writer, mut acks) = Writer::spawn(move |events, _| {
        tries += 1;
        if tries % 3 == 1 {
            return Err("no room".into());
        }
        into.lock().unwrap().extend(events.iter().map(|e| e.seq));
        Ok(())
    })
    .unwrap();
    let mut said = Vec::new();
    for seq in 1..=9 {
        writer.store(vec![event(seq)], false);
        if seq % 3 == 0 {
            while said.iter().flat_map(acked).max() < Some(seq) {
                said.push(acks.blocking_recv().unwrap());
            }
        }
    }
    writer.finish().unwrap();
    said.extend(drain(&mut acks));
    assert_eq!(*stored.lock().unwrap(), (1..=9).collect::<Vec<_>>());
    assert_eq!(said.iter().flat_map(acked).collect::<Vec<_>>(), (1..=9).collect::<Vec<_>>());
    let turns: Vec<bool> = said
        .iter()
        .filter_map(|ack| match ack {
            Ack::Failing(_) => Some(true),
            Ack::StoredAgain => Some(false),
            Ack::Stored(_) => None,
        })
        .collect();
    assert!(turns.len() >= 2 && turns.chunks(2).all(|pair| pair == [true, false]), "each failure is told once and so is its end: {said:?}");
}

fn acked(ack: &Ack) -> Vec<u64> {
    match ack {
        Ack::Stored(events) => events.iter().map(|e| e.seq).collect(),
        Ack::Failing(_) | Ack::StoredAgain => Vec::new(),
    }
}

#[test]
fn batches_that_wait_together_are_one_commit_and_as_durable_as_the_most_durable() {
    let (go, gate) = std_mpsc::channel::<()>();
    let commits = Arc::new(Mutex::new(Vec::new()));
    let into = commits.clone();
    let (entered, inside) = std_mpsc::channel::<()>();
    let (writer, _acks) = Writer::spawn(move |events, durable| {
        entered.send(()).unwrap();
        gate.recv().unwrap();
        into.lock().unwrap().push((events.len(), durable));
        Ok(())
    })
    .unwrap();
    writer.store(vec![event(1)], false);
    inside.recv().unwrap();
    writer.store(vec![event(2)], false);
    writer.store(vec![event(3)], true);
    writer.store(vec![event(4)], false);
    go.send(()).unwrap();
    go.send(()).unwrap();
    writer.finish().unwrap();
    assert_eq!(*commits.lock().unwrap(), [(1, false), (3, true)]);
}

#[test]
fn leaving_with_a_dead_disk_gives_the_events_back() {
    let (writer, _acks) = Writer::spawn(|_, _| Err("the disk is gone".into())).unwrap();
    writer.store(vec![event(1), event(2)], true);
    writer.store(vec![event(3)], true);
    let unstored = writer.finish().unwrap_err();
    assert_eq!(unstored.events.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(unstored.to_string(), "3 events of this session could not be stored: the disk is gone");
}
