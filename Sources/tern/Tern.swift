import ArgumentParser

/// The command line: one file per subcommand beside this one.
@main
struct Tern: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tern",
    abstract: "How fast, and at how many joules per token, does a ternary language model run on this CPU?",
    discussion: """
      Start with `tern run demo`: it sweeps models and kernels on this machine and leaves a record under Results/.
      Then `tern report` writes Reports/index.html.

      Exit status: 0 ok, 1 failure, 2 a regression (gate), 3 some cells failed or gave wrong output, 4 only improvements
      (gate --strict), 5 a baseline is not there, 6 a required meter is not permitted, 64 usage, 130 interrupted (the
      partial record is kept).
      Environment: TERN_KERNEL=NAME forces a kernel, NO_COLOR turns colour off.
      """,
    version: BuildIdentity.versionText,
    subcommands: [
      RunCommand.self, BenchCommand.self, GateCommand.self, CompareCommand.self, ShowCommand.self, ReportCommand.self,
      ExportCommand.self, MergeCommand.self, GenerateCommand.self, ChatCommand.self, PerplexityCommand.self,
      EmbedCommand.self, LogitsCommand.self, VerifyCommand.self, ProfileCommand.self, CalibrateCommand.self,
      InspectCommand.self, ConvertCommand.self, TokenizeCommand.self, ListCommand.self, DoctorCommand.self,
      TuneCommand.self, ProbeCommand.self, MeasureCommand.self, TrainCommand.self,
    ])

  /// Runs the command that the arguments name.
  static func main() {
    CommandLineText.requireUTF8()
    main(nil)
  }
}
