use super::*;
use crate::debate::Expert;

fn cast(n: usize) -> Cast {
    Cast::new((1..=n).map(|n| Expert::from_line(&format!("Guest {n}: b")).unwrap().completed()))
}

fn format(body: &str) -> Format {
    Format::parse(&format!("name='f'\nabout='a'\n{body}")).unwrap()
}

fn places(seats: Vec<SeatId>) -> Vec<u16> {
    seats.into_iter().map(|s| s.0 + 1).collect()
}

fn sides(format: &Format, cast: &Cast) -> Vec<Vec<u16>> {
    format.sides(&format.phases[0], cast, cast.seats().len()).into_iter().map(places).collect()
}

#[test]
fn the_shortest_format_is_one_round_of_everybody() {
    let f = format("[[phases]]\nname='talk'\nsay='Now.'");
    assert_eq!((f.phases[0].speaks.as_slice(), f.phases[0].rounds_of_each()), (&[ALL.to_owned()][..], Some(1)));
    assert_eq!(f.phases[0].direction("de-AT"), "Now.");
    assert_eq!(sides(&f, &cast(3)), [[1, 2, 3]]);
}

#[test]
fn roles_are_read_off_the_table() {
    let f = format("[roles]\na='odd'\nb='even'\nc='first'\nd='last'\ne=[2,3]\n[[phases]]\nname='x'\nsay='{a} {b}'\nspeaks=['b','a']\n");
    let seats = |role: &str, cast: &Cast| places(f.seats(role, cast, 4));
    let mut table = cast(4);
    assert_eq!((seats("a", &table), seats("b", &table), seats("e", &table)), (vec![1, 3], vec![2, 4], vec![2, 3]));
    assert_eq!(sides(&f, &table), [[2, 4], [1, 3]]);
    table.add(Expert::from_line("Late: b").unwrap().completed());
    assert_eq!((seats("c", &table), seats("d", &table)), (vec![1], vec![4]), "a guest takes nobody's role");
    table.dismiss(SeatId(0));
    table.dismiss(SeatId(3));
    assert_eq!((seats("c", &table), seats("d", &table)), (vec![2], vec![5]), "a role goes on with who is left");
    let rest = format("[roles]\na='first'\nb='rest'\n[[phases]]\nname='x'\nsay='s'\nspeaks='b'\n");
    assert_eq!(sides(&rest, &cast(3)), [[2, 3]]);
}

#[test]
fn a_direction_is_read_out_in_the_panel_s_language_or_in_english() {
    let f = format("[[phases]]\nname='x'\nsay={en='Now.',de='Jetzt.'}");
    assert_eq!(["de-CH", "en", "fr"].map(|l| f.phases[0].direction(l).to_owned()), ["Jetzt.", "Now.", "Now."]);
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_may_be_meant() {
    let phase = "[[phases]]\nname='x'\nsay='s'\n";
    for (body, place, words) in [
        ("phase=3".to_owned(), "line 3, column 1", "did you mean `phases`?"),
        (format!("{phase}speeks='all'"), "line 6, column 1", "did you mean `speaks`?"),
        ("[[phases]]\nname='x'".to_owned(), "line 3", "missing field `say`"),
        (format!("{phase}speaks='fro'\n[roles]\nfor='odd'"), "line 6, column 8", "did you mean “for”?"),
        (format!("{phase}speaks=['all','all']"), "line 6, column 8", "stand alone"),
        (format!("{phase}asks='votes'"), "line 6, column 6", "did you mean “vote”?"),
        (format!("{phase}asks='vote'\nrounds=2"), "line 7, column 8", "nobody at the table speaks"),
        (format!("{phase}rounds=2\nturns=3"), "line 7, column 7", "give one of them"),
        (format!("{phase}asks='number'\nturns=3"), "line 7, column 7", "`rounds` says how often"),
        (format!("{phase}rounds=0"), "line 6, column 8", "it takes 1 to 20"),
        (format!("{phase}choices=['a','b']"), "line 6, column 9", "asks = \"vote\""),
        (format!("{phase}asks='vote'\nchoices=['a']"), "line 7, column 9", "2 to 5 words"),
        (format!("{phase}speaks='floor'\n{}", phase.replace('x', "y")), "line 3", "never end"),
        (format!("{phase}speaks='floor'\nasks='number'"), "line 3", "not \"floor\""),
        (format!("{phase}{phase}"), "line 6", "two phases"),
        ("[[phases]]\nname='next'\nsay='s'".to_owned(), "line 4, column 6", "can't be the name"),
        ("[[phases]]\nname='x'\nsay='{fro}'\n[roles]\nfor='odd'".to_owned(), "line 5, column 5", "did you mean “for”?"),
        ("[[phases]]\nname='x'\nsay='{median}'".to_owned(), "line 5, column 5", "asks = \"number\""),
        ("[[phases]]\nname='x'\nsay='a {b'".to_owned(), "line 5, column 5", "not closed"),
        ("[[phases]]\nname='x'\nsay='[s]'".to_owned(), "line 5, column 5", "without its brackets"),
        ("[[phases]]\nname='x'\nsay=3".to_owned(), "line 5, column 5", "by language"),
        (format!("{phase}[roles]\nfor='odds'"), "line 7, column 5", "did you mean “odd”?"),
        (format!("{phase}[roles]\nfor=[0]"), "line 7, column 5", "from 1"),
        (format!("{phase}[roles]\nall='odd'"), "line 7, column 5", "can't be the name of a role"),
        ("phases=[]".to_owned(), "line 3", "1 to 24 phases"),
        ("[[phases]\n".to_owned(), "line 3", ""),
    ] {
        let error = Format::parse(&format!("name='f'\nabout='a'\n{body}")).unwrap_err().to_string();
        assert!(error.starts_with(place) && error.contains(words), "{body}\n{error}");
    }
}
