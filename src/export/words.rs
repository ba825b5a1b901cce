//! The fixed words of a saved debate, by the panel's language.

use crate::debate::Manner;

/// The words of one language.
pub(super) struct Words {
    /// Says what the file is, before anything else.
    pub(super) simulation: &'static str,
    /// Heads the cast.
    pub(super) table: &'static str,
    /// Between names of the cast.
    pub(super) list: &'static str,
    /// Between a name and its role.
    pub(super) role: (&'static str, &'static str),
    /// Around the label of one who is spoken to.
    to: (&'static str, &'static str),
    /// Who asks: the room, then around a label.
    asks: (&'static str, &'static str, &'static str),
    /// Who objects, likewise.
    objects: (&'static str, &'static str, &'static str),
    /// Who lays a card on the table.
    fact: &'static str,
    /// Between a label and its words, in plain text.
    pub(super) colon: &'static str,
    pub(super) cut: &'static str,
    /// The same behind words in markdown; likewise those of the two below.
    pub(super) cut_off: &'static str,
    pub(super) broke_off: &'static str,
    pub(super) still_speaking: &'static str,
    pub(super) failed: &'static str,
    pub(super) speaking: &'static str,
    pub(super) edited: &'static str,
    /// Behind a stage direction that is the model's own.
    pub(super) written: &'static str,
    /// Behind a turn with a line that could be taken for the audience's.
    pub(super) imitates: &'static str,
    pub(super) begins: &'static str,
    pub(super) branches: &'static str,
    /// Heads the tree of all branches.
    pub(super) tree: &'static str,
    /// Around the number of the last shared turn.
    pub(super) from: (&'static str, &'static str),
    pub(super) from_start: &'static str,
    turns: (&'static str, &'static str),
    /// Heads the votes.
    pub(super) votes: &'static str,
    /// Heads the numbers that were given.
    pub(super) estimates: &'static str,
    pub(super) median: &'static str,
    /// Around the number of a turn.
    pub(super) turn: (&'static str, &'static str),
    /// Around first words.
    pub(super) quote: (&'static str, &'static str),
}

pub(super) fn of(language: &str) -> &'static Words {
    match language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "zh" => &CHINESE,
        "de" => &GERMAN,
        "es" => &SPANISH,
        _ => &ENGLISH,
    }
}

impl Words {
    /// What stands behind the audience's label: in what manner it speaks, and to whom.
    pub(super) fn addressing(&self, to: Option<&str>, manner: Manner) -> String {
        let (alone, open, close) = match manner {
            Manner::Say => ("", self.to.0, self.to.1),
            Manner::Ask => self.asks,
            Manner::Object => self.objects,
            Manner::Fact => return self.fact.to_owned(),
        };
        to.map_or_else(|| alone.to_owned(), |label| format!("{open}{label}{close}"))
    }

    /// How many turns a branch has of its own.
    pub(super) fn turns(&self, n: usize) -> String {
        format!("{n}{}", if n == 1 { self.turns.0 } else { self.turns.1 })
    }
}

const ENGLISH: Words = Words {
    simulation: "A simulation. A language model wrote this debate; no person named in it said any of it.",
    table: "At the table: ",
    list: "; ",
    role: (", ", ""),
    to: (" (to ", ")"),
    asks: (" (asks)", " (asks ", ")"),
    objects: (" (objects)", " (objects to ", ")"),
    fact: " (lays a card on the table)",
    colon: ": ",
    cut: "cut off",
    cut_off: " — *(cut off)*",
    broke_off: " — *(the model broke off)*",
    still_speaking: " — *(still speaking)*",
    failed: "the model broke off",
    speaking: "still speaking",
    edited: "reworded by hand",
    written: "by the model",
    imitates: "imitates the audience",
    begins: "begins as #",
    branches: "Other branches",
    tree: "Branches",
    from: ("from turn ", ""),
    from_start: "from the start",
    turns: (" turn", " turns"),
    votes: "Votes",
    estimates: "Estimates",
    median: "median",
    turn: ("turn ", ""),
    quote: ("“", "”"),
};

const CHINESE: Words = Words {
    simulation: "这是模拟。整场辩论由语言模型写成；文中署名的任何人都没有说过这些话。",
    table: "在座：",
    list: "；",
    role: ("，", ""),
    to: ("（对", "）"),
    asks: ("（提问）", "（向", "提问）"),
    objects: ("（反驳）", "（反驳", "）"),
    fact: "（在桌上放下一张卡片）",
    colon: "：",
    cut: "被打断",
    cut_off: " — *(被打断)*",
    broke_off: " — *(模型中断)*",
    still_speaking: " — *(仍在发言)*",
    failed: "模型中断",
    speaking: "仍在发言",
    edited: "经手工改写",
    written: "模型所写",
    imitates: "冒充听众",
    begins: "开头同 #",
    branches: "其他分支",
    tree: "分支",
    from: ("自第 ", " 段起"),
    from_start: "自开场起",
    turns: (" 段发言", " 段发言"),
    votes: "表决",
    estimates: "估计",
    median: "中位数",
    turn: ("第 ", " 段"),
    quote: ("“", "”"),
};

const GERMAN: Words = Words {
    simulation: "Eine Simulation. Ein Sprachmodell hat diese Debatte geschrieben; niemand, der darin genannt ist, hat etwas davon gesagt.",
    table: "Am Tisch: ",
    list: "; ",
    role: (", ", ""),
    to: (" (an ", ")"),
    asks: (" (fragt)", " (fragt ", ")"),
    objects: (" (widerspricht)", " (widerspricht ", ")"),
    fact: " (legt eine Karte auf den Tisch)",
    colon: ": ",
    cut: "unterbrochen",
    cut_off: " — *(unterbrochen)*",
    broke_off: " — *(das Modell brach ab)*",
    still_speaking: " — *(spricht noch)*",
    failed: "das Modell brach ab",
    speaking: "spricht noch",
    edited: "von Hand geändert",
    written: "vom Modell",
    imitates: "ahmt das Publikum nach",
    begins: "beginnt wie #",
    branches: "Andere Zweige",
    tree: "Zweige",
    from: ("ab Beitrag ", ""),
    from_start: "von Anfang an",
    turns: (" Beitrag", " Beiträge"),
    votes: "Abstimmungen",
    estimates: "Schätzungen",
    median: "Median",
    turn: ("Beitrag ", ""),
    quote: ("„", "“"),
};

const SPANISH: Words = Words {
    simulation: "Una simulación. Este debate lo escribió un modelo de lenguaje; ninguna de las personas nombradas dijo nada de esto.",
    table: "A la mesa: ",
    list: "; ",
    role: (", ", ""),
    to: (" (a ", ")"),
    asks: (" (pregunta)", " (pregunta a ", ")"),
    objects: (" (objeta)", " (objeta a ", ")"),
    fact: " (pone una tarjeta sobre la mesa)",
    colon: ": ",
    cut: "interrumpido",
    cut_off: " — *(interrumpido)*",
    broke_off: " — *(el modelo se cortó)*",
    still_speaking: " — *(sigue hablando)*",
    failed: "el modelo se cortó",
    speaking: "sigue hablando",
    edited: "corregido a mano",
    written: "del modelo",
    imitates: "imita al público",
    begins: "empieza como #",
    branches: "Otras ramas",
    tree: "Ramas",
    from: ("desde la intervención ", ""),
    from_start: "desde el principio",
    turns: (" intervención", " intervenciones"),
    votes: "Votaciones",
    estimates: "Estimaciones",
    median: "mediana",
    turn: ("intervención ", ""),
    quote: ("«", "»"),
};
