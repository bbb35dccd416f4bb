import ArgumentParser
import Engine
import Foundation
import Harness
import Machine

/// `tern logits`: the raw logits of given ids, for comparison with other software.
struct LogitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logits",
    abstract: "Write the logits of token ids as raw floats.",
    discussion: "The file holds little-endian float32, row-major, one row of the vocabulary per id: [T, V].")

  @Argument(
    help: """
      A checkpoint folder, a .safetensors file beside its config.json, or a zoo name, with an optional head format: \
      NAME:q6_k.
      """)
  var model: String

  @Option(help: "Token ids: 1,2,3.")
  var ids: TokenIDs

  @Option(name: [.customShort("o"), .long], help: "The file to write.")
  var output: String

  @OptionGroup var options: ModelOptions

  func run() throws {
    let machine = Machine()
    let kernel = try options.kernelName()
    let loaded = try LoadedModel(
      model, kernel: kernel, pool: try options.makePool(machine: machine), context: ids.ids.count,
      logitsRows: ids.ids.count, cacheFormat: options.cacheFormat, machine: machine)
    let logits = try loaded.session.forward(ids.ids, logits: .all)
    var data = Data(capacity: logits.rows * logits.vocabulary * 4)
    for row in 0..<logits.rows {
      // Float32 in memory is little-endian on every machine that the kernels know.
      data.append(contentsOf: UnsafeRawBufferPointer(logits[row]))
    }
    try OutputFile.write(data, to: output)
    Console.note("\(output)  float32 [\(logits.rows), \(logits.vocabulary)]  \(loaded.session.kernels.name)")
  }
}
