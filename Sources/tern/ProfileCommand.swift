import ArgumentParser
import Engine
import Harness
import Kernels
import Machine
import Records
import Sinks

/// `tern profile`: where the time of a forward pass goes.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show where the time of prefill and of decoding goes, part by part.",
    discussion: """
      Each of -p and -n is run once to warm up and then -r times; the repetition with the median total is shown, so that
      its parts add up. Fused operations count with their matrix: gate+up holds the activation, o and down the residual
      sum. With -n, decoding begins behind -d tokens, whose keys, values and states are drawn from a seed: no time
      depends on them. `tern run` keeps the same of every cell of a model, from
      one pass, and the report draws it.
      """)

  @Option(name: [.customShort("m"), .long], help: "A zoo name (tern list models) or a checkpoint folder.")
  var model = "bitnet-2b-4t"

  @Option(
    name: [.customShort("p"), .customLong("n-prompt"), .customLong("prompt-tokens")],
    help: "Tokens of the prompt; 0 for none.")
  var prompt = 512

  @Option(
    name: [.customShort("n"), .customLong("n-gen"), .customLong("gen-tokens")], help: "Decoded tokens; 0 for none.")
  var generate = 16

  @Option(
    name: [.customShort("d"), .customLong("n-depth"), .customLong("depth")],
    help: "Tokens in the cache before decoding.")
  var depth = 0

  @Option(name: [.customShort("r"), .long], help: "Repetitions of each.")
  var repetitions = 3

  @Flag(help: "One JSON object on stdout instead of the tables.")
  var json = false

  @OptionGroup var options: ModelOptions

  func validate() throws {
    let counts = 0...PhaseRecord.largestCount
    for (flag, value) in [("-p", prompt), ("-n", generate), ("-d", depth)] where !counts.contains(value) {
      throw ValidationError("\(flag) \(value): a number of tokens, 0 to \(counts.upperBound), is needed")
    }
    if prompt == 0, generate == 0 { throw ValidationError("nothing to run: -p and -n are both 0") }
    if repetitions < 1 { throw ValidationError("-r \(repetitions): at least 1 repetition is needed") }
  }

  func run() throws {
    let machine = Machine()
    let kernel = try options.kernelName()
    let loaded = try LoadedModel(
      model, kernel: kernel, pool: try options.makePool(machine: machine),
      context: max(prompt, depth + generate), cacheFormat: options.cacheFormat,
      machine: machine)
    var phases: [ProfileView.Phase] = []
    if prompt > 0 {
      let profile = try ForwardProfile.prefill(loaded.session, tokens: prompt, repetitions: repetitions)
      phases.append(.init(label: "pp\(prompt)", isPerToken: false, profile: profile))
    }
    if generate > 0 {
      let profile = try ForwardProfile.decoding(
        loaded.session, tokens: generate, depth: depth, repetitions: repetitions)
      let suffix = depth > 0 ? "@d\(depth)" : ""
      phases.append(.init(label: "tg\(generate)\(suffix)", isPerToken: true, profile: profile))
    }
    let view = ProfileView(
      model: model, kernel: loaded.session.kernels.name, isDense: loaded.session.kernels.dense != nil,
      threads: loaded.pool.threads,
      placement: loaded.pool.placement.rawValue,
      cacheFormat: options.cacheFormat.rawValue, phases: phases, forkJoin: ForkJoinCost.measure(loaded.pool))
    if json { return try Console.json(view.object) }
    Console.note(view.heading)
    Console.text(view.table.render(width: Console.width))
    Console.text("\n" + view.layerTable.render(width: Console.width))
    Console.text("\n" + view.forkTable.render(width: Console.width))
  }
}
