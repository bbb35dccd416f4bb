import ArgumentParser
import Harness
import Machine
import Records
import Suites

/// `tern probe`: how fast this machine can be at all.
struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Measure the machine's roofs: bandwidth of each cache and of memory, int8 and float rates, latencies.",
    discussion: """
      Kernels can be as fast as the machine reads memory and multiplies, and no faster. Each roof is the median of \
      repetitions in turn. The record goes to the results folder, where reports find the roofs of their machine.
      """)

  @Option(
    name: [.customShort("t"), .long],
    help: "Threads: numbers, ranges, or all (one per physical core). Default: 1, 2, 4, … and all.")
  var threads: [String] = []

  @Option(help: "About how many seconds all of it may take. Default: 25, with --quick 4.")
  var seconds: Double?

  @Flag(help: "Three short repetitions in place of five longer ones.")
  var quick = false

  @Flag(help: "One JSON object on stdout instead of the tables.")
  var json = false

  @Option(name: [.customShort("o"), .long], help: "The folder of records.")
  var output = "Results"

  @Flag(help: "Keep no record.")
  var noSave = false

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if let seconds, !(seconds > 0 && seconds <= 86_400) {
      throw ValidationError("--seconds \(seconds): more than 0 and at most 86400 (a day)")
    }
  }

  func run() throws {
    let machine = Machine()
    let probe = MachineProbe(
      machine: machine, threadCounts: try threadCounts(machine: machine), seconds: seconds ?? (quick ? 4 : 25),
      repetitions: quick ? 3 : 5)
    var sweep = Sweep(
      plan: probe.plan, machine: machine, style: options.color.stderr,
      isQuiet: options.quiet || !Console.stderrIsTerminal)
    let record = try sweep.run(to: noSave ? .nowhere : .folder(output)) { roster in
      probe.contender(machine: machine, roster: roster)
    }
    let view = ProbeView(record: record)
    if json { try Console.json(view.object) } else { Console.text(view.render(width: Console.width)) }
    try sweep.end(record)
  }

  private func threadCounts(machine: Machine) throws -> [Int] {
    if threads.isEmpty { return MachineProbe.standardThreadCounts(machine: machine) }
    let counts: [Int]
    do {
      counts = try ThreadRange.parse(CommaList.items(threads).joined(separator: ","), all: machine.coresPhysical)
    } catch { throw ValidationError("-t: \(error)") }
    let usable = machine.cpusForPinning().count
    // Two threads on one CPU take turns, and their sum is no roof.
    if let large = counts.first(where: { $0 > usable }) {
      throw ValidationError("-t \(large): \(usable) CPUs may be used, and threads that share one show no roof")
    }
    return counts
  }
}
