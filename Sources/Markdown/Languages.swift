import Terminal

/// What the highlighter knows of a language. All of them are one table.
struct Language: Sendable {
  struct Delimiter: Sendable {
    var open: [UInt8]
    var close: [UInt8]
    var isMultiline = false
    var hasEscapes = true
  }

  var names: [String]
  var keywords: Set<String> = []
  var lineComments: [[UInt8]] = []
  var blockComments: [(open: [UInt8], close: [UInt8])] = []
  /// Longer marks before those that they begin with.
  var strings: [Delimiter] = []
  /// Whole lines that begin so.
  var lineRoles: [(start: String, role: Role)] = []
  var ignoresCase = false
  /// A comment mark within a word is none.
  var commentsNeedSpace = false
  /// Names of elements are its keywords.
  var hasTags = false

  init(
    _ names: String, _ keywords: String = "", comments: [String] = [], blocks: [(String, String)] = [],
    strings: [String] = ["\"", "'"], multiline: [String] = [], raw: [String] = [],
    _ change: (inout Language) -> Void = { _ in }
  ) {
    func split(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
    func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    self.names = split(names)
    self.keywords = Set(split(keywords))
    lineComments = comments.map(bytes)
    blockComments = blocks.map { (bytes($0.0), bytes($0.1)) }
    self.strings =
      multiline.map { Delimiter(open: bytes($0), close: bytes($0), isMultiline: true) }
      + raw.map { Delimiter(open: bytes($0), close: bytes($0), isMultiline: true, hasEscapes: false) }
      + strings.map { Delimiter(open: bytes($0), close: bytes($0)) }
    change(&self)
  }

  static func named(_ name: String) -> Language? { byName[name.lowercased()].map { all[$0] } }

  private static let byName: [String: Int] = Dictionary(
    all.enumerated().flatMap { index, language in language.names.map { ($0, index) } },
    uniquingKeysWith: { first, _ in first })

  private static let cComments = [("/*", "*/")]

  static let all: [Language] = [
    Language(
      "swift",
      """
      actor any as associatedtype async await break case catch class consuming borrowing continue default defer deinit do else \
      enum extension fallthrough false fileprivate final for func get guard if import in indirect infix init inout internal is \
      lazy let mutating nil nonisolated open operator override package postfix prefix private protocol public repeat required \
      rethrows return self Self set some static struct subscript super switch throw throws true try typealias unowned var weak \
      where while
      """, comments: ["//"], blocks: cComments, strings: ["\""], multiline: ["\"\"\""]),
    Language(
      "python py python3 pycon",
      """
      and as assert async await break class continue def del elif else except False finally for from global if import in is \
      lambda match case None nonlocal not or pass raise return self True try while with yield
      """, comments: ["#"], multiline: ["\"\"\"", "'''"]),
    Language(
      "javascript js jsx mjs typescript ts tsx node",
      """
      abstract any as async await boolean break case catch class const continue debugger declare default delete do else enum \
      export extends false finally for from function get if implements import in infer instanceof interface is keyof let \
      namespace never new null number of private protected public readonly return satisfies set static string super switch \
      symbol this throw true try type typeof undefined unknown var void while with yield
      """, comments: ["//"], blocks: cComments, multiline: ["`"]),
    Language("json jsonc json5 jsonl", "true false null", comments: ["//"], blocks: cComments, strings: ["\""]),
    Language("yaml yml", "true false null yes no on off", comments: ["#"]) { $0.commentsNeedSpace = true },
    Language("toml ini conf", "true false", comments: ["#", ";"], multiline: ["\"\"\"", "'''"]) {
      $0.commentsNeedSpace = true
    },
    Language(
      "bash sh shell zsh console shell-session",
      """
      alias break case cd continue declare do done echo elif else esac eval exec exit export fi for function if in local \
      readonly return select set shift source test then time trap unset until while
      """, comments: ["#"], strings: [], multiline: ["\""], raw: ["'"]
    ) { $0.commentsNeedSpace = true },
    Language(
      "c h cpp c++ cc cxx hpp objective-c objc cuda",
      """
      alignas alignof auto bool break case catch char class concept const consteval constexpr constinit continue decltype \
      default delete do double else enum explicit extern false final float for friend goto if include define ifdef ifndef endif \
      inline int long mutable namespace new noexcept nullptr NULL operator override private protected public register requires \
      restrict return short signed sizeof static static_assert static_cast struct switch template this throw true try typedef \
      typename union unsigned using virtual void volatile while
      """, comments: ["//"], blocks: cComments),
    Language(
      "rust rs",
      """
      as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub \
      ref return self Self static struct super trait true type unsafe use where while
      """, comments: ["//"], blocks: cComments, strings: [], multiline: ["\""]),
    Language(
      "go golang",
      """
      break case chan const continue default defer else fallthrough false for func go goto if import interface map nil package \
      range return select struct switch true type var
      """, comments: ["//"], blocks: cComments, raw: ["`"]),
    Language(
      "java kotlin kt kts scala groovy c# csharp cs",
      """
      abstract as assert async await boolean break by byte case catch char class companion const continue data def default do \
      double else enum extends false final finally float for fun if implements import in init inner instanceof int interface \
      internal is lateinit long match namespace native new null object open out override package private protected public \
      readonly record return sealed short static string struct super suspend switch synchronized this throw throws trait true \
      try typealias using val var virtual void volatile when where while with yield
      """, comments: ["//"], blocks: cComments, multiline: ["\"\"\""]),
    Language(
      "ruby rb",
      """
      alias and begin break case class def defined do else elsif end ensure extend false for if in include lambda module next \
      nil not or private proc protected public raise redo require rescue retry return self super then true undef unless until \
      when while yield
      """, comments: ["#"]),
    Language(
      "php",
      """
      abstract and array as break case catch class clone const continue declare default do echo else elseif extends false final \
      finally fn for foreach function global if implements include interface match namespace new null or private protected \
      public readonly require return static switch throw trait true try use var while yield
      """, comments: ["//", "#"], blocks: cComments),
    Language(
      "sql sqlite postgresql postgres mysql plsql",
      """
      add all alter and any as asc begin between by cascade case check column commit constraint create cross database default \
      delete desc distinct drop else end exists false foreign from full grant group having if in index inner insert into is \
      join key left like limit not null offset on or order outer over partition primary references returning right rollback \
      row select set table then transaction trigger true union unique update using values view when where with
      """, comments: ["--"], blocks: cComments, strings: [], raw: ["'", "\""]
    ) { $0.ignoresCase = true },
    Language("html htm xml svg xhtml vue", blocks: [("<!--", "-->")], strings: ["\""]) { $0.hasTags = true },
    Language(
      "css scss less",
      "important media import keyframes supports from to root hover not and or only auto none inherit initial",
      blocks: cComments),
    Language("diff patch", strings: []) {
      $0.lineRoles = [
        ("+++", .strong), ("---", .strong), ("@@", .number), ("diff ", .strong), ("+", .added), ("-", .removed),
      ]
    },
    Language(
      "makefile make dockerfile docker", "FROM RUN CMD COPY ADD ENV ARG WORKDIR EXPOSE include ifeq else endif",
      comments: ["#"]
    ) {
      $0.commentsNeedSpace = true
    },
  ]
}
