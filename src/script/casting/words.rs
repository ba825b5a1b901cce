//! The notes that a model continues when people are cast, by language: what a sheet and a card are, with an example of each.
//!
//! In the third person, as all our sentences in prompts. The example is of another evening, so that nobody of it is right for this one.

/// The notes' own words in a language.
#[derive(Debug)]
pub struct Words {
    /// What the notes are.
    pub head: &'static str,
    /// What a sheet is.
    pub sheet: &'static str,
    /// Heads the sheet of an earlier evening.
    pub earlier: &'static str,
    /// Its lines, without numbers.
    pub lines: [&'static str; 4],
    /// What a card is.
    pub card: &'static str,
    /// The names of a card's lines: name, role, bias, voice, line.
    pub keys: [&'static str; 5],
    /// Two cards of that evening: name, role, bias, voice, two lines.
    pub cards: [[&'static str; 6]; 2],
    /// Heads the sheet of this evening: before and after the question.
    pub this: (&'static str, &'static str),
    /// Heads the cards of this evening: before and after the names.
    pub coming: (&'static str, &'static str),
    /// Between names.
    pub comma: &'static str,
    /// For a chat model: what the two sides are.
    pub chat: &'static str,
    /// Added where a sheet was off.
    pub sheet_again: &'static str,
    /// Added where cards were off.
    pub cards_again: &'static str,
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

/// All of them: an answer is read by the keys of every language.
pub const ALL: [&Words; 4] = [&ENGLISH, &CHINESE, &GERMAN, &SPANISH];

const ENGLISH: Words = Words {
    head: "Notes of somebody who invites people to an evening, once a month. At each evening one question is argued behind a closed door by a few \
           people who look at it from places far apart.",
    sheet: "Before an evening there is a sheet with ten people who were considered: minds known by what they published or said in public, or types without \
            a name; never a private person. Beside each stand the odds that were given, what this one would see in the question that the other nine miss, \
            and how this mind works and what it won't grant. Likely people have large odds and unlikely ones small; the sheet keeps both.",
    earlier: "Sheet for “Should the town keep its old market hall?” (the first four):",
    lines: [
        "Jane Jacobs | 24% | who is in the hall at six in the morning and whom they look out for | trusts what can be watched from a doorstep; won't grant that a plan knows more than the street",
        "A butcher in the third generation | 17% | that the cold room and not the roof decides who can trade there | counts in days of stock; won't grant that a visitor is a customer",
        "Ronald Coase | 8% | why thirty stalls under one roof are cheaper than thirty contracts | asks what it costs to arrange it otherwise; won't grant harm that has one side only",
        "A fire officer | 3% | the one staircase | thinks backward from the worst night; won't grant charm as an argument",
    ],
    card: "A few of each sheet come, as far apart from each other as can be. Each of them has a card, with two lines they might say that evening:",
    keys: ["name", "role", "bias", "voice", "line"],
    cards: [
        [
            "Jane Jacobs",
            "writer on cities",
            "Trusts what can be watched from a doorstep. Won't grant that a plan knows more than the street.",
            "Plain and amused; one shop, one name, then the rule behind it.",
            "I stood there at six. Eleven people looked up when I came in, and that is the whole police force of the quarter.",
            "A plan with trees on it is still a plan by people who go home at five.",
        ],
        [
            "A fire officer",
            "has closed nine halls",
            "Thinks backward from the worst night. Won't grant charm as an argument.",
            "Short, without adjectives; numbers of doors and minutes.",
            "One staircase, four hundred people. Everything else on that paper is decoration.",
            "The butcher is right about the cold room. It has a gas line that nobody here has mentioned.",
        ],
    ],
    this: ("Sheet for “", "” (all ten):"),
    coming: ("Cards of those who come, in this order: ", "."),
    comma: ", ",
    chat: "The notes are continued below in exactly this form. After the heading of a sheet come its numbered lines, one a person, with four parts between \
           vertical bars; after the heading of cards come the cards, each line beginning with its key. Nothing stands before or after them: no preamble, no table, no comment.",
    sheet_again: "The sheet was typed anew, since it had lost its form: ten numbered lines, each NAME | ODDS | WHAT THEY SEE | HOW THE MIND WORKS.",
    cards_again: "The cards were typed anew, since some had lost their form: for each person the lines name:, role:, bias:, voice:, line:, line:.",
};

const CHINESE: Words = Words {
    head: "这是一位夜谈召集人的笔记。夜谈每月一次，几个立足点相距很远的人，关起门来争论一个问题。",
    sheet: "每次夜谈之前有一张名单，列出考虑过的十个人：因著述或公开言论为人所知的人物，或者不具名的一类人；从不列私人。每人后面写着：被请到的可能性，此人在这个问题上会看到而另外九人看不到的东西，以及此人的思路和绝不承认的东西。可能的人数字大，冷门的人数字小，名单两种都留。",
    earlier: "“老菜市场该不该留？”的名单（前四位）：",
    lines: [
        "费孝通 | 24% | 清早六点谁在市场里，谁替谁看着摊子 | 先问这里的人怎样来往；绝不承认图纸比乡里更懂乡里",
        "一位三代相传的肉贩 | 17% | 谁能在那里做生意，看的是冷库，不是屋顶 | 以存货的天数算账；绝不承认游客就是主顾",
        "科斯 | 8% | 为什么三十个摊位同在一个屋顶下，比三十份合同便宜 | 问换一种安排要花多少；绝不承认损害只有一方",
        "一位消防官 | 3% | 只有一道楼梯 | 从最坏的那一夜倒着想；绝不承认情怀是理由",
    ],
    card: "每张名单请来几位，彼此相距越远越好。来的每一位有一张卡片，附两句当晚可能说的话：",
    keys: ["姓名", "身份", "偏向", "口吻", "例句"],
    cards: [
        [
            "费孝通",
            "社会学家",
            "先问这里的人怎样来往。绝不承认图纸比乡里更懂乡里。",
            "平和，先说一户人家，再说道理。",
            "我早上六点去站过。进门时有十一个人抬头看我，这一带的治安全靠这十一双眼睛。",
            "图上画了树，画图的人五点就下班了。",
        ],
        [
            "一位消防官",
            "封过九个市场",
            "从最坏的那一夜倒着想。绝不承认情怀是理由。",
            "话短，不用形容词，只报门数和分钟。",
            "一道楼梯，四百个人。纸上其余的都是装饰。",
            "卖肉的说冷库，说得对。冷库里有一条煤气管，在座没有一位提过。",
        ],
    ],
    this: ("“", "”的名单（十位）："),
    coming: ("来的几位的卡片，依次是：", "。"),
    comma: "、",
    chat: "笔记在下面照同样的格式继续。名单的标题之后，是编了号的各行，一人一行，四部分以竖线隔开；卡片的标题之后，是各张卡片，每行以栏目名开头。前后不写别的：不写开场白，不画表格，不加评论。",
    sheet_again: "名单重抄了一遍，因为先前走了样：十行，编号，每行为 姓名 | 可能性 | 看到什么 | 思路如何。",
    cards_again: "卡片重抄了一遍，因为有几张走了样：每人依次写 姓名：、身份：、偏向：、口吻：、例句：、例句：各一行。",
};

const GERMAN: Words = Words {
    head: "Notizen von jemandem, der einmal im Monat zu einem Abend lädt. An jedem Abend streiten hinter geschlossener Tür einige Leute über eine Frage, \
           die sie von weit auseinander liegenden Orten her ansehen.",
    sheet: "Vor einem Abend gibt es ein Blatt mit zehn Leuten, an die gedacht wurde: Köpfe, die durch Bücher oder öffentliche Worte bekannt sind, oder Typen ohne \
            Namen; nie eine Privatperson. Daneben steht, wie wahrscheinlich die Einladung war, was diese Person an der Frage sähe und die anderen neun übersehen, \
            und wie dieser Kopf arbeitet und was er nicht gelten lässt. Naheliegende haben große Zahlen, entlegene kleine; das Blatt behält beide.",
    earlier: "Blatt zu „Soll die Stadt ihre alte Markthalle behalten?“ (die ersten vier):",
    lines: [
        "Jane Jacobs | 24% | wer morgens um sechs in der Halle ist und auf wen dort geachtet wird | traut dem, was von der Türschwelle aus zu sehen ist; lässt nicht gelten, dass ein Plan mehr weiß als die Straße",
        "Ein Metzger in dritter Generation | 17% | dass der Kühlraum und nicht das Dach entscheidet, wer dort handeln kann | rechnet in Tagen Vorrat; lässt Besucher nicht als Kunden gelten",
        "Ronald Coase | 8% | warum dreißig Stände unter einem Dach billiger sind als dreißig Verträge | fragt, was eine andere Einrichtung kostet; lässt keinen Schaden gelten, der nur eine Seite hat",
        "Eine Brandschutzbeamtin | 3% | die eine Treppe | denkt von der schlimmsten Nacht her zurück; lässt Charme nicht als Grund gelten",
    ],
    card: "Von jedem Blatt kommen einige, so weit auseinander wie möglich. Zu jeder Person gibt es eine Karte, mit zwei Sätzen, die an dem Abend fallen könnten:",
    keys: ["Name", "Rolle", "Blick", "Stimme", "Satz"],
    cards: [
        [
            "Jane Jacobs",
            "schreibt über Städte",
            "Traut dem, was von der Türschwelle aus zu sehen ist. Lässt nicht gelten, dass ein Plan mehr weiß als die Straße.",
            "Schlicht und belustigt; ein Laden, ein Name, dann die Regel dahinter.",
            "Ich stand um sechs dort. Elf Leute sahen auf, als ich hereinkam, und das ist die ganze Polizei des Viertels.",
            "Ein Plan mit Bäumen darauf ist immer noch ein Plan von Leuten, die um fünf heimgehen.",
        ],
        [
            "Eine Brandschutzbeamtin",
            "hat neun Hallen geschlossen",
            "Denkt von der schlimmsten Nacht her zurück. Lässt Charme nicht als Grund gelten.",
            "Kurz, ohne Beiwörter; zählt Türen und Minuten.",
            "Eine Treppe, vierhundert Leute. Der Rest auf dem Papier ist Zierde.",
            "Beim Kühlraum hat der Metzger recht. Dort liegt eine Gasleitung, die hier niemand erwähnt hat.",
        ],
    ],
    this: ("Blatt zu „", "“ (alle zehn):"),
    coming: ("Karten derer, die kommen, in dieser Reihenfolge: ", "."),
    comma: ", ",
    chat: "Die Notizen gehen unten in genau dieser Form weiter. Auf die Überschrift eines Blatts folgen nummerierte Zeilen, eine je Person, mit vier Teilen zwischen \
           senkrechten Strichen; auf die Überschrift von Karten folgen die Karten, jede Zeile mit ihrem Stichwort am Anfang. Davor und danach steht nichts: keine Einleitung, \
           keine Tabelle, kein Kommentar.",
    sheet_again: "Das Blatt wurde neu getippt, weil es die Form verloren hatte: zehn nummerierte Zeilen, jede NAME | CHANCE | WAS SIE SEHEN | WIE DER KOPF ARBEITET.",
    cards_again: "Die Karten wurden neu getippt, weil einige die Form verloren hatten: je Person die Zeilen Name:, Rolle:, Blick:, Stimme:, Satz:, Satz:.",
};

const SPANISH: Words = Words {
    head: "Notas de alguien que invita a una velada, una vez al mes. En cada velada unas pocas personas discuten a puerta cerrada una sola pregunta, \
           que miran desde lugares muy distantes.",
    sheet: "Antes de la velada hay una hoja con diez personas en las que se pensó: mentes conocidas por lo que publicaron o dijeron en público, o tipos sin nombre; \
            nunca un particular. Junto a cada una figura la probabilidad que se le dio, lo que vería en la pregunta y las otras nueve pasan por alto, y cómo trabaja \
            esa mente y qué no concede. Las probables llevan números grandes y las improbables pequeños; la hoja guarda unas y otras.",
    earlier: "Hoja para «¿Debe conservar la ciudad su viejo mercado?» (las cuatro primeras):",
    lines: [
        "Jane Jacobs | 24% | quién está en el mercado a las seis de la mañana y por quién mira | se fía de lo que se ve desde un portal; no concede que un plano sepa más que la calle",
        "Una carnicera de tercera generación | 17% | que es la cámara fría y no el techo lo que decide quién puede vender | cuenta en días de existencias; no concede que un visitante sea un cliente",
        "Ronald Coase | 8% | por qué treinta puestos bajo un techo salen más baratos que treinta contratos | pregunta cuánto cuesta disponerlo de otro modo; no concede daños que tengan un solo lado",
        "Un oficial de bomberos | 3% | la única escalera | piensa hacia atrás desde la peor noche; no concede que el encanto sea un argumento",
    ],
    card: "De cada hoja vienen unas pocas, lo más distantes entre sí que se pueda. Cada una tiene una ficha, con dos frases que podría decir esa noche:",
    keys: ["nombre", "papel", "sesgo", "voz", "frase"],
    cards: [
        [
            "Jane Jacobs",
            "escribe sobre ciudades",
            "Se fía de lo que se ve desde un portal. No concede que un plano sepa más que la calle.",
            "Llana y divertida; una tienda, un nombre y después la regla.",
            "Estuve allí a las seis. Once personas alzaron la vista cuando entré, y esa es toda la policía del barrio.",
            "Un plano con árboles sigue siendo un plano de gente que a las cinco se va a casa.",
        ],
        [
            "Un oficial de bomberos",
            "ha cerrado nueve mercados",
            "Piensa hacia atrás desde la peor noche. No concede que el encanto sea un argumento.",
            "Breve, sin adjetivos; puertas y minutos.",
            "Una escalera, cuatrocientas personas. Lo demás de ese papel es adorno.",
            "La carnicera acierta con la cámara fría. Por ella pasa una tubería de gas que aquí nadie ha mencionado.",
        ],
    ],
    this: ("Hoja para «", "» (las diez):"),
    coming: ("Fichas de quienes vienen, en este orden: ", "."),
    comma: ", ",
    chat: "Las notas continúan abajo exactamente en esta forma. Tras el título de una hoja vienen sus líneas numeradas, una por persona, con cuatro partes entre barras \
           verticales; tras el título de las fichas vienen las fichas, cada línea con su clave al principio. Nada hay antes ni después: ni preámbulo, ni tabla, ni comentario.",
    sheet_again: "La hoja se pasó de nuevo a máquina porque había perdido la forma: diez líneas numeradas, cada una NOMBRE | PROBABILIDAD | LO QUE VE | CÓMO TRABAJA LA MENTE.",
    cards_again: "Las fichas se pasaron de nuevo a máquina porque algunas habían perdido la forma: por persona las líneas nombre:, papel:, sesgo:, voz:, frase:, frase:.",
};
