import Foundation

extension Tokenizer {
  /// Reads the tokenizer of a model: a `tokenizer.json`, a GGUF file with one in its metadata, or a folder with either.
  ///
  /// Of a folder, `tokenizer.json` counts first; `tokenizer_config.json`, `generation_config.json` and
  /// `chat_template.jinja` beside it are read as well, where they are. A safetensors file stands for its folder.
  ///
  /// - Throws: `ModelFileError` that names the file, the key and what to do.
  public init(path: String) throws {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isThere, isFolder.boolValue {
      try self.init(folder: path)
    } else if isThere, path.hasSuffix(".safetensors") {
      let folder = (path as NSString).deletingLastPathComponent
      try self.init(folder: folder.isEmpty ? "." : folder)
    } else if ModelFile.isGGUF(path) {
      try self.init(TokenizerMetadata(GGUFFile(path: path)))
    } else {
      try self.init(file: MappedFile(path: path))
    }
  }

  /// Reads the tokenizer that came with a model: inside of its GGUF file, or beside its checkpoint.
  ///
  /// - Throws: `ModelFileError` for one that is missing or damaged.
  public init(of model: any StoredModel) throws {
    if let gguf = (model as? GGUFModel)?.file ?? (model as? GGUFHybrid)?.file {
      try self.init(TokenizerMetadata(gguf))
    } else {
      try self.init(path: model.path)
    }
  }

  /// Reads the tokenizer beside a checkpoint, with the ids that its `config.json` gives where no other file does.
  init(path: String, defaultsOf configuration: String) throws {
    try self.init(path: path)
    let ids = try TokenizerConfiguration.ids(configuration: configuration)
    func known(_ id: Int32?) -> Int32? { id.flatMap { token($0) == nil ? nil : $0 } }
    specialTokens.beginOfText = specialTokens.beginOfText ?? known(ids.beginOfText)
    specialTokens.endOfText = specialTokens.endOfText ?? known(ids.endOfText.first)
    specialTokens.endOfGeneration.formUnion(ids.endOfText.compactMap(known))
  }

  private init(folder: String) throws {
    let file = Checkpoint.join(folder, "tokenizer.json")
    guard FileManager.default.fileExists(atPath: file) else {
      guard let gguf = try ModelFile.onlyGGUF(in: folder) else {
        throw ModelFileError(
          file: file, problem: "is missing; take it from where the model was published, or save it with transformers")
      }
      try self.init(TokenizerMetadata(GGUFFile(path: gguf)))
      return
    }
    try self.init(file: MappedFile(path: file))
    try read(TokenizerConfiguration(folder: folder))
  }

  /// Reads a `tokenizer.json` that is mapped.
  private init(file: MappedFile) throws {
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
