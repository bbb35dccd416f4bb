extension Tokenizer {
  /// The template for conversations with the model: the one of this name, or the one that came with the tokenizer.
  ///
  /// For the older form of BitNet's GGUF file, the one that its authors publish now is chosen.
  ///
  /// - Throws: `ModelFileError` that lists the known ones, where there is none or it is not known.
  public func chatTemplate(named name: String? = nil) throws -> ChatTemplate {
    if let name {
      if let template = ChatTemplate(rawValue: name) { return template }
      throw ModelFileError(
        file: file, part: "chat template", problem: "\"\(name)\" is not known; known are \(ChatTemplate.names)")
    }
    guard let chatTemplateSource else {
      throw ModelFileError(
        file: file, part: "chat template",
        problem: "is missing; choose one with --template, of \(ChatTemplate.names)")
    }
    guard let template = ChatTemplate(recognizing: chatTemplateSource) else {
      throw ModelFileError(
        file: file, part: "chat template",
        problem: "is none of those that are known; choose one with --template, of \(ChatTemplate.names)")
    }
    return template == .bitnetGGUF ? .bitnet2B4T : template
  }

  /// Encodes a conversation, with what begins a text exactly once.
  ///
  /// Special tokens that are spelled out in a message count as such, as in the reference: text from others than the
  /// user can then speak for the system.
  public func encode(
    _ messages: [ChatMessage], as template: ChatTemplate, addingGenerationPrompt: Bool = true
  ) -> [Int32] {
    let ids = encode(render(messages, as: template, addingGenerationPrompt: addingGenerationPrompt))
    return ids.starts(with: prefix) ? ids : prefix + ids
  }

  /// Writes a conversation down with the tokens of this tokenizer.
  public func render(
    _ messages: [ChatMessage], as template: ChatTemplate, addingGenerationPrompt: Bool = true
  ) -> String {
    template.render(
      messages, beginOfText: specialTokens.beginOfText.flatMap { token($0) } ?? "",
      endOfText: specialTokens.endOfText.flatMap { token($0) } ?? "", addingGenerationPrompt: addingGenerationPrompt)
  }
}
