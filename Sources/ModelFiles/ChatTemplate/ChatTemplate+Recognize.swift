extension ChatTemplate {
  /// What a template in Jinja is known by: the texts that it writes, and whether it trims what it is given.
  private struct Marks {
    let template: ChatTemplate
    /// Texts that it must write.
    let texts: Set<String>
    /// Texts that some versions of it write for cases that do not arise here, such as tools.
    var optional: Set<String> = []
    let trims: Bool
  }

  private static let marks = [
    Marks(template: .bitnet2B4T, texts: [": ", "<|eot_id|>", "Assistant: "], trims: true),
    Marks(template: .bitnetGGUF, texts: ["Human: ", "\n\nBITNETAssistant: "], trims: false),
    Marks(
      template: .llama3,
      texts: [
        "<|start_header_id|>", "<|end_header_id|>\n\n", "<|eot_id|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
      ], trims: true),
    Marks(
      template: .phi4Mini, texts: ["<|", "|>", "<|end|>", "<|assistant|>"], optional: ["<|tool|>", "<|/tool|>"],
      trims: false),
  ]

  /// Names of roles and fields, which every template has between quotes as well.
  private static let words: Set<String> = ["role", "content", "system", "user", "assistant", "tools"]

  /// Recognizes a template by its source in Jinja, or nil.
  ///
  /// It must write exactly the texts of a known one: what adds a date, a default system message or another turn is
  /// another template. Different spellings of the same program are the same.
  public init?(recognizing source: String) {
    let texts = JinjaSource.literals(of: source).subtracting(Self.words)
    let trims = source.contains("trim")
    let match = Self.marks.first { marks in
      marks.trims == trims && marks.texts.isSubset(of: texts)
        && texts.isSubset(of: marks.texts.union(marks.optional))
    }
    guard let match, !JinjaSource.hasTextOutside(source) else { return nil }
    self = match.template
  }
}

/// As much of Jinja as it takes to list what a template writes.
enum JinjaSource {
  /// The string literals of a template, their escapes resolved.
  static func literals(of source: String) -> Set<String> {
    var literals: Set<String> = []
    for code in blocks(of: source).code {
      var rest = code[...]
      while let quote = rest.firstIndex(where: { $0 == "'" || $0 == "\"" }) {
        let (literal, end) = literal(rest[rest.index(after: quote)...], quote: rest[quote])
        literals.insert(literal)
        rest = rest[end...]
      }
    }
    return literals
  }

  /// Whether anything but white space stands outside of {{ }} and {% %}: it would be written as it is.
  static func hasTextOutside(_ source: String) -> Bool { blocks(of: source).text.contains { !$0.isWhitespace } }

  /// The text of a literal up to its closing quote, and where the source goes on.
  private static func literal(_ rest: Substring, quote: Character) -> (String, Substring.Index) {
    var text = ""
    var place = rest.startIndex
    while place < rest.endIndex {
      let character = rest[place]
      place = rest.index(after: place)
      if character == quote { break }
      guard character == "\\", place < rest.endIndex else {
        text.append(character)
        continue
      }
      text.append(rest[place] == "n" ? "\n" : rest[place] == "t" ? "\t" : rest[place])
      place = rest.index(after: place)
    }
    return (text, place)
  }

  /// Cuts a template into what is code and what is text; comments are neither.
  private static func blocks(of source: String) -> (code: [Substring], text: String) {
    var code: [Substring] = []
    var text = ""
    var rest = source[...]
    while let open = rest.firstIndex(of: "{") {
      text += rest[..<open]
      let inside = rest[open...].dropFirst()
      let closing: [Character: String] = ["{": "}}", "%": "%}", "#": "#}"]
      guard let kind = inside.first, let close = closing[kind] else {
        text.append("{")
        rest = inside
        continue
      }
      let end = inside.firstRange(of: close)
      if kind != "#" { code.append(inside.dropFirst()[..<(end?.lowerBound ?? inside.endIndex)]) }
      rest = end.map { inside[$0.upperBound...] } ?? ""
    }
    return (code, text + rest)
  }
}
