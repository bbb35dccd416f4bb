import Foundation
import ModelFiles
import Testing

/// A model's folder: the tokenizer and what stands beside it.
@Suite struct TokenizerFolderTests {
  private func folder(_ files: [String: Any]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("tokenizer.json", TokenizerFixture.data("llama3/tokenizer.json"))
    for (name, tree) in files { try folder.writeJSON(name, tree) }
    return folder
  }

  @Test func theFilesBesideATokenizerAreRead() throws {
    let folder = try folder([
      "tokenizer_config.json": [
        "bos_token": "<|begin_of_text|>", "eos_token": ["content": "<|eom_id|>", "lstrip": false],
        "pad_token": NSNull(), "chat_template": "{{ 'one' }}",
      ],
      "generation_config.json": ["eos_token_id": [895, 899]],
    ])
    let tokenizer = try Tokenizer(path: folder.path)
    #expect(tokenizer.specialTokens.beginOfText == 890 && tokenizer.specialTokens.endOfText == 898)
    #expect(tokenizer.specialTokens.padding == nil && tokenizer.chatTemplateSource == "{{ 'one' }}")
    #expect(tokenizer.specialTokens.endOfGeneration == [891, 895, 898, 899])
    // Newer checkpoints have the template in a file of its own, which then counts.
    try folder.write("chat_template.jinja", "{{ 'two' }}".utf8)
    #expect(try Tokenizer(path: folder.path).chatTemplateSource == "{{ 'two' }}")
  }

  @Test func aTokenizerAloneIsEnough() throws {
    let folder = try folder([:])
    let tokenizer = try Tokenizer(path: folder.path)
    #expect(tokenizer.specialTokens.beginOfText == 890 && tokenizer.chatTemplateSource == nil)
    #expect(tokenizer.specialTokens.endOfGeneration == [891, 899])
  }

  @Test func namedTemplatesHaveADefault() throws {
    let named = [["name": "tools", "template": "a"], ["name": "default", "template": "b"]]
    let folder = try folder(["tokenizer_config.json": ["chat_template": named]])
    #expect(try Tokenizer(path: folder.path).chatTemplateSource == "b")
  }

  @Test func whatIsWrongBesideATokenizerIsNamed() throws {
    let missing = try TemporaryFolder()
    let wrong: [(TemporaryFolder, String)] = try [
      (missing, "tokenizer.json: is missing"),
      (folder(["tokenizer_config.json": ["eos_token": "<none>"]]), "eos_token: \"<none>\" is not in the vocabulary"),
      (folder(["tokenizer_config.json": ["eos_token": 3]]), "is not the configuration of a tokenizer"),
      (folder(["generation_config.json": ["eos_token_id": 900]]), "id 900: has no token"),
      (folder(["generation_config.json": ["eos_token_id": "x"]]), "is not the configuration of a tokenizer"),
    ]
    for (folder, says) in wrong {
      let error = #expect(throws: ModelFileError.self) { try Tokenizer(path: folder.path) }
      #expect(error?.description.contains(says) == true, "\(String(describing: error))")
    }
    let broken = try folder([:])
    try broken.write("chat_template.jinja", [0xff])
    #expect(throws: ModelFileError.self) { try Tokenizer(path: broken.path) }
    #expect(throws: ModelFileError.self) { try Tokenizer(path: broken.path + "/nothing") }
  }
}
