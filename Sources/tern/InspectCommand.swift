import ArgumentParser
import Engine
import Harness
import Kernels
import Machine
import ModelFiles
import Sinks

/// `tern inspect`: what a model file is, and what it takes to run it.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model is: tensors by type, bits per weight, kernels, memory.",
    discussion: "Headers are read, weights are not. A GGUF file that cannot be run is described as far as it goes.")

  @Argument(
    help: ArgumentHelp(
      "A .gguf file, a checkpoint folder, a .safetensors file beside its config.json, or a zoo name; with NAME:q6_k, the "
        + "memory with that head."))
  var model: String

  @Option(help: "Positions that the memory is computed for (default: 4096, or those of the model where it has fewer).")
  var context: Int?

  @Flag(help: "One JSON object.")
  var json = false

  func validate() throws {
    if let context, context < 1 { throw ValidationError("--context \(context): at least 1 position") }
  }

  func run() throws {
    let report = try InspectReport(model, context: context, machine: Machine())
    if json {
      try Console.json(report)
    } else {
      Console.text(InspectView(report: report, width: Console.width, style: ColorChoice.auto.stdout).render())
    }
  }
}
