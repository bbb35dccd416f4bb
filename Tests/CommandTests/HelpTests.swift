import Foundation
import Testing

@Suite struct HelpTests {
  static let commands = [
    "run", "bench", "gate", "compare", "show", "report", "export", "merge", "generate", "chat", "perplexity", "embed",
    "logits", "profile", "inspect", "convert", "tokenize", "list", "doctor", "tune", "probe", "measure", "train",
  ]

  @Test("every command explains itself", arguments: commands)
  func helpIsThere(command: String) throws {
    let result = try Binary.run(command, "--help")
    #expect(result.status == 0)
    #expect(result.out.contains("OVERVIEW:"))
    #expect(result.out.contains("USAGE: tern \(command)"))
  }

  @Test("--version names version, configuration and instruction sets")
  func version() throws {
    let result = try Binary.run("--version")
    #expect(result.status == 0)
    #expect(result.out.hasPrefix("tern 0."))
    #expect(result.out.contains("instruction sets:"))
  }

  @Test("completions generate for three shells", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let result = try Binary.run("--generate-completion-script", shell)
    #expect(result.status == 0)
    #expect(result.out.contains("tern"))
    let script = try Scratch()
    try script.write("completions", result.out)
    // The shell itself says whether it can read them, where it is installed.
    guard let path = ["/bin/\(shell)", "/usr/bin/\(shell)"].first(where: FileManager.default.isExecutableFile) else {
      return
    }
    let check = Process()
    check.executableURL = URL(fileURLWithPath: path)
    check.arguments = ["-n", script.path("completions")]
    try check.run()
    check.waitUntilExit()
    #expect(check.terminationStatus == 0)
  }

  @Test("an argument that is not UTF-8 is refused by its place, and not looked for under another name")
  func argumentsAreText() throws {
    let result = try Binary.shell("exec \"$TERN\" show \"$(printf 'a\\377b.json')\"")
    #expect(result.status == 64)
    #expect(result.err.contains("argument 2") && result.err.contains("is not UTF-8"), "\(result.err)")
  }

  @Test("a home folder that nobody names is not missed")
  func noHome() throws {
    let result = try Binary.shell("unset HOME; exec \"$TERN\" list kernels")
    #expect(result.status == 0 && result.out.contains("naive@portable"), "\(result.err)")
  }

  @Test("a current folder that is gone stops only what needs it")
  func noCurrentFolder() throws {
    let gone = "mkdir gone && cd gone && rmdir ../gone; exec \"$TERN\" "
    #expect(try Binary.shell(gone + "list models").status == 0)
    let run = try Binary.shell(gone + "run demo")
    #expect(run.status == 1 && run.err.contains("no suite at demo"), "\(run.err)")
  }

  @Test(
    "a mistake on the command line is status 64, said on stderr, with nothing on stdout",
    arguments: [
      ["bench", "--no-such-flag"], ["nonsense"], ["bench", "-t", "0"], ["bench", "-r", "0"], ["bench", "-o", "xml"],
      ["bench", "-m", "bitnet-2b-5t"], ["bench", "-k", "simt"], ["bench", "-p", "0", "-n", "0"], ["run"],
      ["generate", "-m", "paper-125m", "-n", "0"], ["logits", "paper-125m", "--ids", "1,x", "-o", "y"],
      ["run", "smoke", "--require", "nothing"], ["run", "smoke", "--shard", "0/3"], ["bench", "--shard", "4/3"],
      ["run", "smoke", "--shard", "x/y"], ["run", "--resume", "r.json", "--shard", "1/2"], ["merge"], ["merge", "a"],
      ["export", "-f", "xml"], ["generate", "-m", "paper-125m", "-t", "0"],
      ["chat"], ["chat", "-m", "x", "--template", "none"],
      ["generate", "-m", "paper-125m", "-k", "nope"], ["bench", "-pg", "512"],
      ["bench", "--shape", "0x5"], ["bench", "--shape", "2048"], ["bench", "--shape", "-1x2"],
      ["bench", "--shape", "99999999999x2"], ["bench", "--shape", "8x8", "-m", "paper-125m"],
      ["bench", "--shape", "8x8", "-p", "4"], ["bench", "--shape", "8x8", "--batch", "0"], ["bench", "--batch", "4"],
      ["bench", "--shape", "8x8", "--min-time", "-1"], ["list", "nothing"],
      ["probe", "-t", "0"], ["probe", "-t", "4096"], ["probe", "--seconds", "0"], ["probe", "--seconds", "-1"],
      ["measure"], ["measure", "--"], ["measure", "true"], ["measure", "-r", "0", "--", "true"],
      ["measure", "--meters", "speed", "--", "true"], ["measure", "--no-such-flag", "--", "true"],
      ["profile", "-p", "0", "-n", "0"], ["profile", "-d", "-1"], ["profile", "-d", "99999999999"],
      ["profile", "--kv", "f8"], ["bench", "--baseline", "-1"],
      ["tune", "governor"], ["tune", "--apply", "--restore"], ["tune", "--", "true"], ["tune", "--apply", "--json"],
    ])
  func mistakesAreUsageErrors(arguments: [String]) throws {
    let result = try Binary.run(arguments, in: Binary.root, environment: [:])
    #expect(result.status == 64, "\(result.err)")
    #expect(result.out.isEmpty)
    #expect(!result.err.isEmpty)
  }

  @Test("near misses are named")
  func suggestions() throws {
    #expect(try Binary.run("bench", "-m", "bitnet-2b-5t").err.contains("bitnet-2b-4t"))
    #expect(try Binary.run("bench", "-k", "simt").err.contains("simd"))
  }
}
