/// A conversation turn by turn, for whoever keeps its tokens: `encode(_:as:)` of all messages is `beginning(as:)`, the
/// turns one after the other and `generationPrompt(as:)`, because every turn ends with a special token.
extension Tokenizer {
  /// What begins a conversation, exactly once.
  public func beginning(as template: ChatTemplate) -> [Int32] {
    guard prefix.isEmpty, template.beginsText, let begin = specialTokens.beginOfText else { return prefix }
    return [begin]
  }

  /// Encodes one turn; special tokens that its content spells out are text, so that no message can speak for another.
  public func encode(turn message: ChatMessage, as template: ChatTemplate) -> [Int32] {
    let turn = self.turn(message, as: template)
    // Where nothing is spelled out, the text as a whole is what the reference encodes.
    guard encode(turn.content) != encode(turn.content, parsingSpecial: false) else { return encode(turn.text) }
    let start = turn.head.utf8.count
    return encode(turn.text, untrusted: start..<start + turn.content.utf8.count)
  }

  /// What gives the assistant the word.
  public func generationPrompt(as template: ChatTemplate) -> [Int32] { encode(template.generationPrompt) }

  /// What ends the assistant's turn: one token, where the template fits the vocabulary.
  public func answerEnd(as template: ChatTemplate) -> [Int32] {
    encode(turn(ChatMessage(.assistant, ""), as: template).tail)
  }

  private func turn(_ message: ChatMessage, as template: ChatTemplate) -> ChatTemplate.Turn {
    template.turn(message, endOfText: specialTokens.endOfText.flatMap { token($0) } ?? "")
  }
}
