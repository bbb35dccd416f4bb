import Foundation

/// The metadata of a converted model: all that the source has, and the keys that other programs look for.
struct ConvertedMetadata {
  let source: any ModelContainer
  let model: ModelConfiguration
  let architecture: GGUFArchitecture
  let type: TernaryType

  /// ggml's `GGML_QNT_VERSION`: the layout of blocks since 2023.
  static let quantizationVersion: UInt32 = 2

  /// The name under which other programs run this graph: theirs goes by the name, not by a key.
  static func architecture(of model: ModelConfiguration) -> GGUFArchitecture {
    guard model.hasSubNorms else { return .llama }
    switch model.activation {
    case .silu, .gelu: return .bitnet
    case .relu2: return model.family == GGUFArchitecture.bitnet25.rawValue ? .bitnet25 : .bitnetB158
    }
  }

  func write(to writer: inout GGUFWriter) {
    writer.set(GGUFKey.architecture, .string(architecture.rawValue))
    writer.set("general.type", .string("model"))
    if let gguf = source as? GGUFModel {
      copy(gguf, to: &writer)
    } else {
      writer.set("general.name", .string(Self.name(of: source)))
    }
    writer.set("general.file_type", .uint32(type.fileType))
    writer.set("general.quantization_version", .uint32(Self.quantizationVersion))
    writeSizes(to: &writer)
  }

  /// All keys of the source, those of its architecture under the new one's name.
  private func copy(_ gguf: GGUFModel, to writer: inout GGUFWriter) {
    let metadata = gguf.file.metadata
    let prefix = "\(gguf.architecture.rawValue)."
    for entry in metadata.entries where entry.key != "general.alignment" && entry.key != GGUFKey.architecture {
      let key = entry.key.hasPrefix(prefix) ? keyName(String(entry.key.dropFirst(prefix.count))) : entry.key
      writer.set(key, copying: entry, of: metadata)
    }
  }

  private func writeSizes(to writer: inout GGUFWriter) {
    func number(_ key: String, _ value: Int) { writer.set(keyName(key), .uint32(UInt32(value))) }
    number(GGUFKey.contextLength, model.maxPositions)
    number(GGUFKey.embeddingLength, model.hiddenSize)
    number(GGUFKey.blockCount, model.layers)
    number(GGUFKey.feedForwardLength, model.intermediateSize)
    number(GGUFKey.headCount, model.attentionHeads)
    number(GGUFKey.headCountKV, model.keyValueHeads)
    number(GGUFKey.ropeDimensions, model.headDim)
    number(GGUFKey.vocabularySize, model.vocabularySize)
    if model.headDim * model.attentionHeads != model.hiddenSize {
      number(GGUFKey.keyLength, model.headDim)
      number(GGUFKey.valueLength, model.headDim)
    }
    writer.set(keyName(GGUFKey.ropeBase), .float32(Float(model.ropeTheta)))
    writer.set(keyName(GGUFKey.normEpsilon), .float32(Float(model.rmsNormEpsilon)))
    guard model.hasSubNorms else { return }
    writer.set(keyName(GGUFKey.hiddenActivation), .string(model.activation.rawValue))
    if !model.tiedEmbeddings { writer.set(keyName(GGUFKey.tiedEmbeddings), .bool(false)) }
  }

  private func keyName(_ key: String) -> String { "\(architecture.rawValue).\(key)" }

  /// The folder's name, or the file's without its ending; that of the folder around one that is only called "model".
  static func name(of source: any StoredModel) -> String {
    let place = URL(fileURLWithPath: source.path).standardizedFileURL
    let last = place.lastPathComponent
    let name = last.hasSuffix(".safetensors") ? String(last.dropLast(".safetensors".count)) : last
    let around = place.deletingLastPathComponent().lastPathComponent
    return name == "model" && around != "/" ? around : name
  }
}
