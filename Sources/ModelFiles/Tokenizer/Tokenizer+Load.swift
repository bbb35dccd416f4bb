import Foundation

extension Tokenizer {
  /// Reads the tokenizer of a model: a `tokenizer.json`, or a folder with one in it.
  ///
  /// Of a folder, `tokenizer_config.json`, `generation_config.json` and `chat_template.jinja` are read as well, where
  /// they are.
  ///
  /// - Throws: `ModelFileError` that names the file, the key and what to do.
  public init(path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      try self.init(file: MappedFile(path: path))
      return
    }
    let file = path + "/tokenizer.json"
    guard FileManager.default.fileExists(atPath: file) else {
      throw ModelFileError(
        file: file, problem: "is missing; take it from where the model was published, or save it with transformers")
    }
    try self.init(file: MappedFile(path: file))
    try read(TokenizerConfiguration(folder: path))
  }

  /// Reads a `tokenizer.json` that is mapped.
  private init(file: MappedFile) throws {
    if file.bytes.starts(with: "GGUF".utf8) {
      throw ModelFileError(
        file: file.path, problem: "is a GGUF file; give the tokenizer.json of the model, or the folder that it is in")
    }
    try self.init(withExtendedLifetime(file) { try TokenizerFile(file).parts() })
    specialTokens.beginOfText = prefix.first
    specialTokens.endOfText = suffix.last
    specialTokens.endOfGeneration.formUnion(suffix)
    for name in SpecialTokens.endingNames {
      if let id = id(of: name), specialIDs.contains(id) { specialTokens.endOfGeneration.insert(id) }
    }
  }

  /// Takes over what a folder says beside its tokenizer.json.
  private mutating func read(_ configuration: TokenizerConfiguration) throws {
    func id(_ key: String, _ token: String?) throws -> Int32? {
      guard let token else { return nil }
      guard let id = self.id(of: token) else {
        throw ModelFileError(
          file: configuration.path, part: key, problem: "\"\(token)\" is not in the vocabulary of tokenizer.json")
      }
      return id
    }
    chatTemplateSource = configuration.chatTemplate
    specialTokens.beginOfText = try id("bos_token", configuration.beginOfText) ?? specialTokens.beginOfText
    specialTokens.endOfText = try id("eos_token", configuration.endOfText) ?? specialTokens.endOfText
    specialTokens.unknown = try id("unk_token", configuration.unknown)
    specialTokens.padding = try id("pad_token", configuration.padding)
    specialTokens.endOfGeneration.formUnion([specialTokens.endOfText].compactMap(\.self))
    for end in configuration.generationEnds {
      try check(end)
      specialTokens.endOfGeneration.insert(end)
    }
  }
}
