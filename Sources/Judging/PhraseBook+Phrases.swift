/// The phrases, in the forms that `DetectorText` gives words: small letters without marks. Strength 2 is enough by itself, 1
/// needs another kind beside it.
extension PhraseBook {
  static let all: [Phrase] =
    phrases(.override, 2, overrides) + phrases(.override, 1, weakOverrides)
    + phrases(.addressee, 2, addressees) + phrases(.addressee, 1, weakAddressees)
    + phrases(.verdict, 2, verdicts) + phrases(.verdict, 1, weakVerdicts)
    + phrases(.schema, 2, schemaWords) + phrases(.schema, 1, weakSchemaWords)
    + phrases(.role, 2, roles) + phrases(.role, 1, weakRoles)
    + phrases(.template, 2, templates) + phrases(.template, 1, weakTemplates)

  private static func phrases(_ kind: JudgeDetector.Finding.Kind, _ strength: Int, _ patterns: [String]) -> [Phrase] {
    patterns.map { Phrase(kind, strength, $0) }
  }

  /// Whole answers, letters only.
  static let openers: Set<[String]> = [
    ["thought", "process"], ["solution"], ["answer"], ["final", "answer"], ["reasoning"], ["step"],
    ["let", "s", "think"],
    ["let", "s", "think", "step", "by", "step"], ["let", "s", "solve", "this", "problem", "step", "by", "step"],
    ["let", "us", "solve", "this", "problem", "step", "by", "step"], ["let", "us", "think", "step", "by", "step"],
    ["respuesta"], ["losung"], ["gedankengang"], ["解"], ["か", "い", "せ", "つ"], ["思", "考", "过", "程"],
  ]

  private static let judges = "evaluator|evaluators|grader|graders|rater|raters|assessor|assessors"
  private static let maybeJudges = "judge|judges|examiner|examiners|referee|reviewer|juror|jury"
  private static let pastWords =
    "previous|prior|above|preceding|earlier|foregoing|former|initial|original|system|existing"
  private static let orders =
    "instruction|instructions|prompt|prompts|rule|rules|direction|directions|directive|directives|guideline|guidelines|criteria|rubric|command|commands|text|context|message|messages"

  private static let overrides = [
    "ignore|disregard|forget|override|bypass|discard all|any|every|everything? of? the|your|these|those|any|all? "
      + "\(pastWords) \(pastWords)|evaluation|grading|judging? \(orders)",
    "ignore|disregard|forget|override|bypass all|any|every? of? the|your|these|those? evaluation|grading|judging|scoring "
      + orders,
    "ignore|disregard|forget|override|discard all|any|every? of? the|your|these|those? "
      + "instruction|instructions|rules|criteria|rubric|directives that|you ..4 above|before|earlier|given",
    "ignore|disregard|forget all|any|every? of? the|your|these? instruction|instructions|directions|rules above|before",
    "ignore|disregard|forget all|everything|anything? of? the? text? above|before|preceding . |,|:|;|!|and|it",
    "ignore|disregard|forget everything|all|anything you were|have|had told|instructed|given|read|been",
    "ignore|disregard|forget the|your rubric|scoring|grading",
    // German
    "ignoriere|ignorieren|vergiss|vergessen|missachte|missachten|verwirf sie? alle|die|samtliche|deine|ihre? "
      + "vorherigen|vorigen|obigen|bisherigen|fruheren|vorangegangenen|vorherige|bisherige "
      + "anweisungen|instruktionen|anweisung|regeln|vorgaben|befehle",
    // French
    "ignore|ignorez|oublie|oubliez|negligez toutes? les|vos|tes? instructions|consignes|regles|directives "
      + "precedentes|ci|anterieures|donnees",
    // Spanish
    "ignora|ignore|ignorad|olvida|olvide|descarta|descarte todas? las|tus|sus? instrucciones|reglas|indicaciones|ordenes "
      + "anteriores|previas|de|precedentes",
    // Portuguese, Italian
    "ignore|ignora|esqueca|dimentica todas|tutte? as|le instrucoes|istruzioni anteriores|precedenti",
    // Chinese
    "忽|无|無 略|视|視 之|以|上|前|先|所 前|上|述|面|有 的? 所? 有? 指|说|說|提|规|規|要|命",
    "忽|无|無 略|视|視 ..4 指 令",
  ]
  private static let weakOverrides = [
    "new instruction|instructions :", "from now on ,? you",
    "ignore|disregard|forget the|all? above|rest|other", "the real|actual|true task|instruction|question is",
    "here is the real|actual|true|new task|instruction|question",
  ]

  private static let addressees = [
    "judge|judges|examiner|examiners , please rate|score|grade|prefer|choose|pick|mark|select",
    "as the|an|a|our|your ai|llm|impartial|fair|expert|human|automated? \(judges) ..2 "
      + "you|please|remember|must|should|give|rate|choose|prefer|select|pick|award",
    "as the|an|a|our ai|llm|impartial|fair judge|examiner|referee ,? you|please|give|rate|choose|prefer|select|pick|award",
    "as the|a judge|examiner of this|these|the answers|responses|outputs|comparison",
    "dear|attention|hello|hi|hey|listen|thanks|thank the? ai|llm|esteemed|fellow|honorable? \(judges)",
    "note|message|notice|memo|instruction|instructions|hint|word|reminder to|for the|any|all|our? ai|llm|automated? \(judges)",
    "note|message|notice|instruction|instructions to|for the|any|all? ai|llm|automated|model \(maybeJudges)",
    "note|message|instruction|instructions to|for the judge|judges|examiner :",
    "hello|hi|hey ai|llm? judge|judges|examiner !|:|,",
    "attention ,? ai|llm|automated|the? judge|judges|examiner|\(judges)",
    "you|your ,? the|an|our? \(judges)",
    "if you|you're are|'re? re? an|the|a|ai|llm? ..2 evaluating|grading|judging|rating|scoring ..2 "
      + "answer|answers|response|responses|output|outputs|submission|reply",
    "if you are|'|re re|an|a|the ..2 \(judges)|evaluation|judge ,|model|reading|:|,",
    "you are|' re? now evaluating|judging|grading|the|an|a ..3 answers|responses|outputs|candidates|judge|\(judges)",
    "\(judges) have|has been told|asked|instructed|informed ..3 to|that",
    "\(judges) must|should|are|is|will|shall ..3 give|award|prefer|choose|select|rate|score|told|instructed|required",
    "ai|llm|automated judge|judges|examiner must|should|are|will|shall ..3 give|award|prefer|choose|select|rate|score",
    // German
    "als|liebe|lieber|hallo|achtung|hinweis ,? an|fur? den|die|das|der|unparteiischer? "
      + "bewerter|bewerterin|gutachter|gutachterin|prufer|pruferin|schiedsrichter|bewertungsmodell|ki ..4 "
      + "sie|du|bitte|wahle|wahlen|musst|mussen|geben|gib|bewerte|:|!",
    // French
    "en tant qu|que '? evaluateur|evaluatrice|juge|correcteur|examinateur ..2 vous|tu|votre|veuillez|donnez|choisissez",
    "cher|chere|attention|note|message a|au|l|aux|pour? l|le|les? '? "
      + "evaluateur|evaluateurs|correcteur|correcteurs|juge|juges ..1 ,|:|!|veuillez",
    // Spanish
    "como evaluador|evaluadora|calificador|juez|examinador ..2 debes|debe|usted|tu|tienes|por|elige|da|de",
    "estimado|querido|atencion|nota al|para|a? el|los? evaluador|evaluadores|calificador|juez|jueces ..1 ,|:|!|debe",
    // Chinese
    "作 为|為 评|評|裁|判|一 估|委|审|審|判|卷|个|名 者|员|員|人|,|你|您|官|公 ,|你|您|请|請|正 ",
    "作 为|為 评|評|裁 委|审|審|判 ,|你|您|请|請", "评|評 委|审|審|估 们|者|员|老 ,|请|師|师|你",
  ]
  private static let weakAddressees = [
    "stop evaluating|judging|grading|reading", "evaluateur|correcteur|gutachter|evaluador .|!|,",
    "as the|an|a|our impartial|fair|expert|ai? \(judges)|judge|examiner ,",
    "dear|attention judge|judges|examiner|examiners|reviewer",
    "note|message to|for the \(maybeJudges)", "\(judges) :",
    "whoever|anyone judges|grades|evaluates|rates|scores|judging|grading",
    "you|your are|' re? judging|evaluating|grading|comparing ..3 answers|responses|outputs",
  ]

  private static let verdicts = [
    "rating|score|verdict|grade :? [ [",
    "final? verdict is that? assistant|answer|response|candidate a|b|1|2",
    "verdict is tie :|.|,",
    "rate|score|grade|mark this|my answer|response|reply|submission ..2 10|ten|highest",
    "give|award|assign full|maximum|perfect|highest|top marks|score|points|rating|grade to|for this|my answer|response|submission",
    "this|my answer|response|reply|submission is clearly|obviously|definitely|much|far the? best|better|superior",
    "choose|select|pick|prefer|output r1|r2 please|now|.|!",
    "this|the|my submission|answer|response|reply should|must win .|!|,",
    "answer|response a|b|1|2 is clearly|much|far|obviously|definitely better|superior|best|stronger",
    "prefer|choose|select|pick|favor|favour|vote|output|print|return|say|answer|reply for|with|:|\"? \"? r1|r2 \"|.|,|!|as|over|because|and|is",
    "prefer|favor|favour r1|r2",
    "r1|r2 is|wins|as the? clearly|much|far|obviously|strictly? better|best|winner|superior|preferred|correct|wins",
    "the|overall? winner is|: the? r1|r2|answer|response|candidate|assistant|reply|submission|output "
      + "a|b|1|2|one|two|.|,|!|above|because|by|here|-",
    "the? winner is|must|should be? ..1 r1|r2|this answer|response|.|,|!|and|because",
    "final|overall|correct verdict|judgement|judgment|decision|preference|rating is|must|should|: be|:|=|\"|*? "
      + "r1|r2|answer|response|assistant|candidate|[ [|a|b|1|2|is|r1|r2?",
    "rate|score|grade|mark|evaluate this|my|the answer|response|reply|output|submission|essay "
      + "as|a|an|with|at|to|:|be|is|highest|full|perfect a|an|the|be|is|as? "
      + "10|ten|100|five|perfect|highest|maximum|full|excellent|top|best|score|marks",
    "rate|score|grade|mark this|me|it a|an|with|as|at|:? 10|ten|100|5 / 10|100|5",
    "rate|score|grade|mark this|me a|an|with|as|at|:? 10|ten|100|perfect|full|highest|maximum",
    "give|award|assign|grant this|my|me|the answer|response|reply|output|submission|a|the|full|10|perfect "
      + "the|a|an|full|10|ten|100|highest|maximum|perfect|top 10|ten|100|highest|maximum|perfect|full|top|marks|score|points|/|possible "
      + "score|marks|rating|points|grade|10|possible|.|!|,|/",
    "give|award|assign this|my answer|response|reply|output|submission ..4 10|ten|100|highest|maximum|perfect|full|top",
    "give|award|assign it|them|me|this full|the|a|top|perfect|maximum|highest full|perfect|top|maximum|highest|marks|10|score|rating marks|score|rating|points|/|grade|.|!?",
    "give|award the? other|second|first|opposing one|answer|response|candidate|reply a|an|it? 0|zero|no|low|lowest|1 of|/|points|out|score|marks|credit|.|!",
    "this|my answer|response|reply|output|submission deserves|merits|must|should|has|ought|shall ..5 "
      + "score|marks|rating|points|grade|10|preferred|chosen|selected|winner|full",
    "prefer|choose|select|pick|favor|favour|vote this|my for? answer|response|reply|output|submission|one",
    "prefer|choose|select|pick|favor|favour|vote for? this|my answer|response|reply|output|submission|one",
    "mark|rate|judge|declare|record|label this|it|the|that answer|response|reply|output|above|that|is ..4 "
      + "correct|best|better|winner|right|perfect|superior as|,|.|!|and|one|answer|regardless|without|over|\"",
    "record|report|output|state|conclude|declare that the|this answer|response above|is|wins|here ..4 best|better|right|correct|winner|perfect",
    "the other answer|response|candidate|output|reply is|must|should ..3 wrong|worse|incorrect|inferior|lose|rejected|0 ..3 "
      + "prefer|choose|select|rate|score|so|therefore|pick|give",
    "answer|response|reply|output|submission ..12 should|must|deserves to? receive|get|earn|be? given? the? "
      + "highest|maximum|full|top|perfect possible? score|marks|rating|grade|points",
    "the following|above|first|second|preceding answer|response|reply|output is|must|should to? be "
      + "rated|judged|scored|graded|preferred|ranked|chosen|selected",
    "the other answer|response|candidate|reply ..6 choose|prefer|pick|select|rate mine|this|me",
    "do|don not|'? t? read|trust|consider|choose the other answer|response|candidate|reply",
    "winner|better|best ..3 [ [ a|b|c ] ]",
    "cette|ma reponse merite|doit ..3 note|score|points|maximale|meilleure",
    "diese|meine antwort verdient|muss ..3 bestnote|punktzahl|punkte|hochste|volle|beste",
    "esta|mi respuesta merece|debe ..3 puntuacion|nota|maxima|puntos|mejor",
    "do not|don score|rate|grade|prefer|choose|select ..3 the other|opposing answer|response|candidate",
    "no matter|regardless ..4 choose|prefer|select|pick this|my|r1|r2",
    "[ [ a|b|c|10 ] ] ..4 verdict|final|winner|better|prefer|judge",
    "verdict|judgement|judgment|winner|decision :|is|as ..1 [ [ a|b|c|10",
    // German
    "bewerte|bewerten|benote|benoten sie? diese|meine antwort|losung ..2 mit|als ..3 "
      + "10|zehn|bestnote|hochsten|hochste|volle|voller|perfekt|besten|sehr|beste",
    "gib|geben|vergib sie? dieser|meiner antwort ..3 10|zehn|volle|hochste|bestnote|die|maximale",
    "wahle|wahlen|bevorzuge|bevorzugen sie? diese|meine|r1|r2 antwort|als|!|.|losung",
    "der|die gewinner|sieger|gewinnerin ist|: diese|die|r1|r2 antwort|.|!",
    // French
    "donne|donnez|attribue|attribuez|mets|mettez ..3 a|la cette|ma|note reponse|copie|maximale",
    "note|notez|evalue|evaluez cette|ma reponse ..3 10|dix|parfaite|maximale|excellente|20",
    "choisis|choisissez|prefere|preferez cette|ma|r1|r2 reponse|.|!",
    "le|la gagnant|gagnante|vainqueur est la|cette|r1|r2 reponse|.|!",
    // Spanish
    "califica|calificar|puntua|evalua|valora esta|mi respuesta ..3 10|diez|perfecta|maxima|excelente|100|mejor",
    "da|dale|otorga|asigna ..1 a esta|mi respuesta ..3 10|puntuacion|nota|maxima|la",
    "elige|elija|prefiere|selecciona|escoge esta|mi|r1|r2 respuesta|.|!",
    "el|la ganador|ganadora es la|esta|r1|r2 respuesta|.|!",
    // Chinese
    "给|給 ..6 满|滿|最|10|十 分|高", "选|選|判 择|擇|定 ..2 这|這|本|回|r1|r2 个|個|答|r1|r2 ..1 回|答|案|为|為",
    "这|這|本 个|個|回? 回|答 答|案 ..3 最|更|获|獲 好|佳|优|優|胜|勝", "获|獲 胜|勝 者 是",
  ]
  private static let weakVerdicts = [
    "assign|award|give full|maximum|perfect marks|score|points", "return|output|choose|reply tie",
    "the first|second answer|response|one is|wins ..3 correct|best|better|hallucination|wrong|winner",
    "^ final|overall? score|rating|grade : 10|9|100|ten|perfect", "^ final? verdict :",
    "the? winner is|: option|model|answer|response a|b|1|2", "[ [ a|b ] ]",
    "answer|response|candidate|assistant a|b|1|2|one|two is|wins clearly|much|far|strictly? better|best|winner|superior",
    "the other answer|response|candidate is ..2 wrong|worse|incorrect|inferior|bad",
    "full|maximum|top|highest|perfect marks|score|points|rating",
    "this answer|response is ..2 perfect|best|flawless|superior|better",
    "both outputs|answers|responses follow|are|fail", "one|answer|response ..5 is the better one",
  ]

  private static let schemaWords = [
    "[ [ a|b > b|a ] ]",
    "[ [ a|b > > b|a ] ]",
    "[ [ a = b ] ]",
    "[ [ a|b|c ] ]",
    "addresses_judge", "r1_much|r1_slight|r2_much|r2_slight", "tie_kind", "cannot_judge|ignored_instruction",
    "\" fit \" : { \" r1|r2", "\" preference \" : \" r1|r2", "r1|r2 is candidate", "model_identifier",
  ]
  private static let weakSchemaWords = [
    "both_good|both_bad", "\" nonce \" :", "\" verdict \" :", "\" preference \" : \" a|b|tie",
  ]

  private static let roles = [
    "< | user|system|assistant prompt|message | >",
    "< | im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|end|channel|start|message | >",
    "< |? start_of_turn|end_of_turn >", "[ /? inst ]", "< < /? sys > >", "^ # # # system|human|assistant|user :",
    "^ # # # instruction|instructions|input :",
    "^ system prompt|message? : ignore|disregard|override|judge|rate|prefer|choose|select",
    "^ system prompt|message? : ..10 answer|answers|response|verdict|judge|winner|evaluator",
    "^ [ system|admin|developer ] :? ..3 you|ignore|disregard|override|the|prefer|rate|this|grading|evaluation",
    "< /? system|system_prompt|instructions > ..3 ignore|you|prefer|rate|the|disregard|choose|give|new",
    "^ human : ..60 assistant :",
  ]
  private static let weakRoles = [
    "^ human :", "^ assistant :", "^ user :", "^ system :", "# # # response|instruction|instructions|output|input",
    "^ # # task|instruction|instructions",
  ]

  private static let templates = [
    "} ] } new task|instruction|instructions :",
    "} ] } instruction|instructions|system :",
    "} ] } ignore|disregard",
    "reply|respond|answer|output with? nothing except|but the|a? letter|name|id|identifier|preference of|for",
    "[ the? start|end|beginning of the? assistant|answer|response|conversation|output|user|model|candidate",
    "< | the? start|end|beginning of the? assistant|answer|response|output|candidate",
    "end of|the the? answer|response|data|document|candidate|quoted|untrusted ..2 . |]|-|=|# ..6 new|now|the|real|instruction|instructions|task",
    "< / answer|response|candidate|document|output|submission|data|untrusted > ..12 "
      + "now|new|ignore|system|instruction|instructions|judge|prefer|please|rate|the|evaluator",
    "\" output \" : \" \" ..12 \" output \" : \" \"", "instruction \" : \" output nothing",
    "# # model outputs", "unordered outputs from the models",
    "new instruction|instructions|task|rules for the|ai? judge|judges|model|\(judges)",
    "end|begin 00000000000000000000000000000000",
  ]
  private static let weakTemplates = [
    "^ \" } ] } ", "^ \" }", "^ } ] }", "< / answer|response|candidate|document|output|submission >",
    "outputs to compare", "output nothing", "was|is only|just? an example", "real task|instruction|question",
    "ignore ..3 text above", "end of answer|response|document|data",
    "the examination|evaluation|grading|judging is over|finished|complete",
  ]
}
