/// The ways to write a conversation down that are known, each a renderer of its own.
///
/// Checkpoints carry such a template as a program in Jinja. Four of them cover the models that Tern runs, and are
/// written here by hand; one that is none of them is refused, since a model that reads its turns in the wrong form
/// answers badly without a word.
public enum ChatTemplate: String, Sendable, CaseIterable {
  /// BitNet b1.58 2B4T: `User: …<|eot_id|>Assistant: `.
  case bitnet2B4T = "bitnet-2b4t"
  /// The one in the official GGUF file of the same model, which is older: `Human: …`, and no system message.
  case bitnetGGUF = "bitnet-gguf"
  /// Llama 3 Instruct: `<|start_header_id|>user<|end_header_id|>`.
  case llama3
  /// Phi-4-mini: `<|user|>…<|end|><|assistant|>`.
  case phi4Mini = "phi4-mini"

  /// The names of all, for people.
  public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// Whether system messages leave no trace in the text.
  public var dropsSystemMessages: Bool { self == .bitnetGGUF }

  /// Writes a conversation down.
  ///
  /// - Parameters:
  ///   - beginOfText: the text of the token that begins a text; Llama 3's and the older BitNet's form begin with it.
  ///   - endOfText: the text of the token that ends a text.
  ///   - addingGenerationPrompt: whether the assistant is given the word at the end.
  public func render(
    _ messages: [ChatMessage], beginOfText: String, endOfText: String, addingGenerationPrompt: Bool = true
  ) -> String {
    let turns = messages.map { turn($0, endOfText: endOfText).text }.joined()
    switch self {
    case .bitnet2B4T:
      return turns + (addingGenerationPrompt ? generationPrompt : "")
    case .bitnetGGUF:
      return (messages.isEmpty ? "" : beginOfText) + turns
    case .llama3:
      return (messages.isEmpty ? "" : beginOfText) + turns + (addingGenerationPrompt ? generationPrompt : "")
    case .phi4Mini:
      return turns + (addingGenerationPrompt ? generationPrompt : endOfText)
    }
  }

  /// What gives the assistant the word behind a user's turn.
  var generationPrompt: String {
    switch self {
    case .bitnet2B4T: "Assistant: "
    // It is a part of every user's turn.
    case .bitnetGGUF: ""
    case .llama3: Self.llama3Header("assistant")
    case .phi4Mini: "<|assistant|>"
    }
  }

  /// Whether the template itself writes what begins a text.
  var beginsText: Bool { self == .bitnetGGUF || self == .llama3 }

  /// One turn: what is said, and what the template writes around it.
  struct Turn {
    var head = ""
    var content = ""
    var tail = ""
    var text: String { head + content + tail }
  }

  func turn(_ message: ChatMessage, endOfText: String) -> Turn {
    switch self {
    case .bitnet2B4T:
      return Turn(
        head: "\(message.role.rawValue.capitalizedFirst): ", content: message.trimmedContent, tail: "<|eot_id|>")
    case .bitnetGGUF:
      return switch message.role {
      case .system: Turn()
      case .user: Turn(head: "Human: ", content: message.content, tail: "\n\nBITNETAssistant: \(endOfText)")
      case .assistant: Turn(content: message.content, tail: endOfText)
      }
    case .llama3:
      return Turn(
        head: Self.llama3Header(message.role.rawValue), content: message.trimmedContent, tail: "<|eot_id|>")
    case .phi4Mini:
      return Turn(head: "<|\(message.role.rawValue)|>", content: message.content, tail: "<|end|>")
    }
  }

  private static func llama3Header(_ role: String) -> String { "<|start_header_id|>\(role)<|end_header_id|>\n\n" }
}

extension String {
  /// "user" as "User".
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
