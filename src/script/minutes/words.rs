//! What the clerk's document says, by language. In the third person: nobody is asked what they think.

/// The sentences of one language.
#[derive(Debug)]
pub struct Words {
    /// What minutes are, over them.
    pub clerk: &'static str,
    /// A line a section of an evening long past: how such lines look. A model that copies them is found out, since no turn has their words.
    pub sample: [&'static str; 4],
    /// Over the contributions.
    pub tape: &'static str,
    /// Before the topic.
    pub question: &'static str,
    /// Between a label and its words.
    pub colon: &'static str,
    /// For a chat model: what is done here.
    pub chat: &'static str,
    /// Around the heading of the section to be written.
    pub section: (&'static str, &'static str),
    /// After the label with which the first line begins in raw text: without it a base model lets the expert speak on.
    pub holds: &'static str,
    /// Where a section has nothing.
    pub none: &'static str,
    /// Words that may stand before a number in brackets, the longest first.
    pub turn: &'static [&'static str],
}

impl Words {
    /// About how long a prompt is without the contributions.
    pub fn bytes(&self) -> usize {
        self.clerk.len() * 2
            + self.sample.iter().map(|s| s.len()).sum::<usize>()
            + self.tape.len()
            + self.chat.len()
            + self.section.1.len() * 4
            + 600
    }
}

/// The words for a language tag; English where there are none.
pub fn of(language: &str) -> &'static Words {
    match language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "zh" => &CHINESE,
        "de" => &GERMAN,
        "es" => &SPANISH,
        _ => &ENGLISH,
    }
}

const ENGLISH: Words = Words {
    clerk: "Minutes, drawn up from the tape by the clerk. Each line ends with the numbers of the contributions it rests on, in brackets.",
    sample: [
        "- HALE wanted the bridge built of steel, and later granted timber for the carts [2, 9]\n- OKAFOR held to stone throughout, for the sake of the flood [4, 11]",
        "- HALE and OKAFOR disagreed on what the river does to a pier in April [4, 5]",
        "- Soundings of the river bed at three places would decide between stone and steel [7]",
        "- Who pays for the ferry while the bridge is closed was not answered [10]",
    ],
    tape: "The tape, word for word; every contribution has its number.",
    question: "The question on the table: ",
    colon: ": ",
    chat: "A simulated debate was taped; the people named in it said none of it. A clerk draws up minutes from the tape: what it holds, nothing else, and no \
           judgement on who is right. A line of the minutes begins with a dash, is about one thing, names whose view it is by the label on the tape, keeps to the \
           words that were used, and ends with the numbers of the contributions it rests on, in brackets, as in: - HALE wanted steel, and later granted timber [2, 9]",
    section: (
        "The section “",
        "” of the minutes, in the language of the tape: at most eight lines, nothing before or after them. Every line ends with its numbers. Where the tape holds nothing for \
         it, the one line “- none”.",
    ),
    holds: " held that",
    none: "- none",
    turn: &["contributions", "contribution", "turns", "turn", "nos.", "no.", "and"],
};

const CHINESE: Words = Words {
    clerk: "会议纪要，由书记员依录音整理。每行末尾的方括号里是所依据的发言的编号。",
    sample: [
        "- 何工主张桥用钢造，后来同意马车道可用木料 [2, 9]\n- 欧工始终坚持用石料，因为要防洪水 [4, 11]",
        "- 何工与欧工对四月河水如何冲刷桥墩看法不一 [4, 5]",
        "- 在三处测量河床深浅，就能在石与钢之间作出决定 [7]",
        "- 停桥期间渡船的费用由谁承担，没有人回答 [10]",
    ],
    tape: "录音逐字记录，每段发言都有编号。",
    question: "桌上的问题：",
    colon: "：",
    chat: "一场模拟的辩论被录了音；署名的人并没有说过这些话。书记员依录音整理纪要：只记录音里有的，不评判谁对谁错。纪要的每一行以短横开头，只讲一件事，用录音里的称呼写明是谁的看法，\
           沿用当时的用词，行末在方括号里写上所依据的发言的编号，例如：- 何工主张用钢，后来同意用木料 [2, 9]",
    section: ("纪要中“", "”一节，用录音的语言写：至多八行，前后不写别的。每行末尾都有编号。录音里没有的，就只写一行“- 无”。"),
    holds: "认为",
    none: "- 无",
    turn: &["发言", "第", "段", "和"],
};

const GERMAN: Words = Words {
    clerk: "Protokoll, vom Schriftführer nach dem Band verfasst. Jede Zeile endet mit den Nummern der Beiträge, auf denen sie beruht, in Klammern.",
    sample: [
        "- HALE wollte die Brücke aus Stahl und ließ später Holz für die Karren gelten [2, 9]\n- OKAFOR blieb bei Stein, des Hochwassers wegen [4, 11]",
        "- HALE und OKAFOR stritten darüber, was der Fluss im April mit einem Pfeiler macht [4, 5]",
        "- Lotungen des Flussbetts an drei Stellen würden zwischen Stein und Stahl entscheiden [7]",
        "- Wer die Fähre bezahlt, solange die Brücke gesperrt ist, blieb unbeantwortet [10]",
    ],
    tape: "Das Band, Wort für Wort; jeder Beitrag hat seine Nummer.",
    question: "Die Frage auf dem Tisch: ",
    colon: ": ",
    chat: "Eine simulierte Debatte wurde aufgenommen; die Genannten haben nichts davon gesagt. Ein Schriftführer verfasst nach dem Band ein Protokoll: was es enthält, sonst nichts, und kein \
           Urteil darüber, wer recht hat. Eine Zeile beginnt mit einem Strich, handelt von einer Sache, nennt mit dem Namen auf dem Band, wessen Ansicht es ist, bleibt bei den Worten, die \
           fielen, und endet mit den Nummern der Beiträge, auf denen sie beruht, in Klammern: - HALE wollte Stahl und ließ später Holz gelten [2, 9]",
    section: (
        "Der Abschnitt „",
        "“ des Protokolls, in der Sprache des Bandes: höchstens acht Zeilen, nichts davor oder danach. Jede Zeile endet mit ihren Nummern. Enthält das Band nichts dazu, die eine \
         Zeile „- keine“.",
    ),
    holds: " meinte, dass",
    none: "- keine",
    turn: &["beiträge", "beitrag", "nr.", "und"],
};

const SPANISH: Words = Words {
    clerk: "Acta, redactada por el secretario a partir de la cinta. Cada línea termina con los números de las intervenciones en que se apoya, entre corchetes.",
    sample: [
        "- HALE quería el puente de acero y más tarde aceptó madera para los carros [2, 9]\n- OKAFOR se mantuvo en la piedra, por las crecidas [4, 11]",
        "- HALE y OKAFOR discreparon sobre lo que hace el río con un pilar en abril [4, 5]",
        "- Sondeos del lecho del río en tres lugares decidirían entre piedra y acero [7]",
        "- Quién paga la barca mientras el puente esté cerrado quedó sin respuesta [10]",
    ],
    tape: "La cinta, palabra por palabra; cada intervención tiene su número.",
    question: "La pregunta sobre la mesa: ",
    colon: ": ",
    chat: "Se grabó un debate simulado; las personas nombradas no dijeron nada de ello. Un secretario redacta el acta a partir de la cinta: lo que contiene, nada más, y sin juzgar quién \
           tiene razón. Cada línea empieza con un guion, trata de una sola cosa, nombra de quién es la opinión tal como figura en la cinta, conserva las palabras que se usaron y termina con \
           los números de las intervenciones en que se apoya, entre corchetes: - HALE quería acero y más tarde aceptó madera [2, 9]",
    section: (
        "La sección «",
        "» del acta, en la lengua de la cinta: como mucho ocho líneas, nada antes ni después. Cada línea termina con sus números. Si la cinta no contiene nada para ella, la única \
         línea «- ninguna».",
    ),
    holds: " sostuvo que",
    none: "- ninguna",
    turn: &["intervenciones", "intervención", "núm.", "y"],
};

/// Words that say nothing by themselves, in all four languages.
const STOP: &str = "the and for are was were but not that this with from have has had they them their there then than what which who whom whose when where why how \
    will would can could should shall may might must does did done being been its his her hers him she you your our ours all any both each few more most other some such only own same too very \
    just now also into out over under again about after before because while until against between through during above below one two said says \
    der die das den dem des ein eine einer eines einem einen und oder aber nicht auch nur noch schon wie was wer wen wem wann warum dass daß ist sind war waren wird werden wurde hat haben hatte \
    sich von vom zum zur mit für auf aus bei nach über unter vor durch gegen ohne als wenn dann doch mehr sehr kein keine keiner ihr ihre sein seine sie wir ich man \
    los las del una uno unos unas que qué como cómo por para con sin sobre entre pero más muy también este esta esto esos esas ese eso son fue era ser está están han había sus \
    我们 你们 他们 这个 那个 什么 怎么 没有 不是 就是 可以 因为 所以 如果 但是 而且 一个 自己 已经 还是";

/// Whether a word (in lower case) says nothing by itself.
pub fn is_stop(word: &str) -> bool {
    static WORDS: std::sync::LazyLock<std::collections::HashSet<&str>> = std::sync::LazyLock::new(|| STOP.split_whitespace().collect());
    WORDS.contains(word)
}
