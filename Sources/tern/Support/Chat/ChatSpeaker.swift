import Engine
import ModelFiles

/// Messages to tokens and back, in a model's own form.
struct ChatSpeaker {
  let tokenizer: Tokenizer
  let template: ChatTemplate

  /// A conversation that has only begun.
  func conversation(system: String?) -> Conversation {
    Conversation(
      opening: opening(system: system), cue: tokenizer.generationPrompt(as: template),
      answerEnd: tokenizer.answerEnd(as: template))
  }

  /// What stands before the first question.
  func opening(system: String?) -> [Int32] {
    tokenizer.beginning(as: template)
      + (system.map { tokenizer.encode(turn: ChatMessage(.system, $0), as: template) } ?? [])
  }

  /// A question as a turn.
  func question(_ text: String) -> [Int32] { tokenizer.encode(turn: ChatMessage(.user, text), as: template) }

  /// An answer that is remembered as this text, and not as it was generated.
  func answer(_ text: String) -> [Int32] { tokenizer.encode(text, parsingSpecial: false) }

  /// Tokens that end an answer: the model's, and the template's own.
  var ends: Set<Int32> {
    let end = tokenizer.answerEnd(as: template)
    return tokenizer.specialTokens.endOfGeneration.union(end.count == 1 ? end : [])
  }

  /// What the user should know where the template does not fit the vocabulary.
  var note: String? {
    guard tokenizer.answerEnd(as: template).count != 1 else { return nil }
    return "W-template  the vocabulary has no token for the end of a turn as template \(template.rawValue) writes it: "
      + "the model does not know this form; --template takes \(ChatTemplate.names)"
  }
}
