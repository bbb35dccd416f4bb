import Foundation
import ModelFiles
import Testing

/// Conversations as the reference renders them, and templates that are recognized or refused.
@Suite struct TokenizerChatTests {
  struct Message: Decodable {
    var role: String
    var content: String
  }

  struct Case: Decodable {
    var template: String
    var messages: [Message]
    var add_generation_prompt: Bool
    var rendered: String
    var ids_plain: [Int32]
    var ids_with_bos: [Int32]?
  }

  struct Oracle: Decodable {
    var templates: [String: String]
    var bos: String
    var eos: String
    var cases: [Case]
  }

  /// The names of the oracle's templates.
  static let templates: [String: ChatTemplate] = [
    "bitnet2b4t": .bitnet2B4T, "bitnet_gguf": .bitnetGGUF, "llama3": .llama3, "phi4mini": .phi4Mini,
  ]

  @Test(arguments: ["llama3", "gpt4o"]) func conversationsAreThoseOfJinja(name: String) throws {
    let oracle = try TokenizerFixture.decode(Oracle.self, "\(name)/chat.json")
    var tokenizer = try TokenizerFixture(name: name).tokenizer()
    tokenizer.specialTokens.beginOfText = tokenizer.id(of: oracle.bos)
    tokenizer.specialTokens.endOfText = tokenizer.id(of: oracle.eos)
    #expect(!oracle.cases.isEmpty)
    for one in oracle.cases {
      let template = try #require(Self.templates[one.template])
      let messages = try one.messages.map { ChatMessage(try #require(ChatMessage.Role(rawValue: $0.role)), $0.content) }
      let text = tokenizer.render(messages, as: template, addingGenerationPrompt: one.add_generation_prompt)
      #expect(text == one.rendered)
      #expect(tokenizer.encode(text) == one.ids_plain)
      let ids = tokenizer.encode(messages, as: template, addingGenerationPrompt: one.add_generation_prompt)
      // What begins a text stands there once, whether the template writes it or the tokenizer adds it.
      let begins = tokenizer.encode("", addingSpecial: true)
      #expect(ids == (one.ids_plain.starts(with: begins) ? one.ids_plain : begins + one.ids_plain))
    }
  }

  @Test(arguments: ["llama3", "gpt4o"]) func templatesAreRecognizedByWhatTheyWrite(name: String) throws {
    let oracle = try TokenizerFixture.decode(Oracle.self, "\(name)/chat.json")
    for (key, source) in oracle.templates {
      let template = try #require(Self.templates[key])
      #expect(ChatTemplate(recognizing: source) == template, "\(key)")
      // Another way to write the same program.
      let spelled = source.replacing("{%", with: "\n{%-").replacing("'", with: "\"").replacing("\n\n", with: "\\n\\n")
      #expect(ChatTemplate(recognizing: "{# a comment: 'x' #}" + spelled) == template, "\(key)")
      // Another program.
      #expect(ChatTemplate(recognizing: source + "{{ 'Today is ' + date }}") == nil, "\(key)")
      #expect(ChatTemplate(recognizing: "Be kind. " + source) == nil, "\(key)")
    }
    for other in [
      "", "{{ messages }}", "{{", "{{ 'a", "{% for m in messages %}{{ '<|im_start|>' + m['role'] }}", "\\'{{\\",
    ] {
      #expect(ChatTemplate(recognizing: other) == nil)
    }
  }

  @Test func aTemplateIsChosenByNameOrByTheModel() throws {
    var tokenizer = try TokenizerFixture(name: "llama3").tokenizer()
    let oracle = try TokenizerFixture.decode(Oracle.self, "llama3/chat.json")
    func problem(_ name: String? = nil) -> String {
      #expect(throws: ModelFileError.self) { try tokenizer.chatTemplate(named: name) }?.problem ?? ""
    }
    let names = "bitnet-2b4t, bitnet-gguf, llama3, phi4-mini"
    #expect(problem().contains("is missing") && problem().contains(names))
    tokenizer.chatTemplateSource = "{{ 'something else' }}"
    #expect(problem().contains("none of those") && problem().contains(names))
    #expect(problem("vicuna").contains("\"vicuna\" is not known; known are \(names)"))
    #expect(try tokenizer.chatTemplate(named: "phi4-mini") == .phi4Mini)
    tokenizer.chatTemplateSource = oracle.templates["llama3"]
    #expect(try tokenizer.chatTemplate() == .llama3)
    // The GGUF file's older form gives way to the one that the model is published with.
    tokenizer.chatTemplateSource = oracle.templates["bitnet_gguf"]
    #expect(try tokenizer.chatTemplate() == .bitnet2B4T)
    #expect(
      try tokenizer.chatTemplate(named: "bitnet-gguf") == .bitnetGGUF && ChatTemplate.bitnetGGUF.dropsSystemMessages)
  }

  @Test func contentIsTrimmedAsPythonTrims() {
    let message = ChatMessage(.user, "\u{1c}\u{85}\u{a0}\u{2003} a b \u{200b}\r\n\u{1f}")
    let text = ChatTemplate.bitnet2B4T.render([message], beginOfText: "", endOfText: "", addingGenerationPrompt: false)
    // A zero-width space is no white space.
    #expect(text == "User: a b \u{200b}<|eot_id|>")
    #expect(ChatTemplate.llama3.render([], beginOfText: "<b>", endOfText: "", addingGenerationPrompt: false) == "")
  }
}
