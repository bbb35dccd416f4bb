import Foundation
import Testing

@Suite struct HelpTests {
  static let commands = ["run", "bench", "show", "report", "export", "generate", "logits", "list", "doctor"]

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
  }

  @Test(
    "a mistake on the command line is status 64, said on stderr, with nothing on stdout",
    arguments: [
      ["bench", "--no-such-flag"], ["nonsense"], ["bench", "-t", "0"], ["bench", "-r", "0"], ["bench", "-o", "xml"],
      ["bench", "-m", "bitnet-2b-5t"], ["bench", "-k", "simt"], ["bench", "-p", "0", "-n", "0"], ["run"],
      ["generate", "-m", "paper-125m", "-n", "0"], ["logits", "paper-125m", "--ids", "1,x", "-o", "y"],
      ["run", "smoke", "--require", "nothing"], ["export", "-f", "xml"], ["generate", "-m", "paper-125m", "-t", "0"],
      ["generate", "-m", "paper-125m", "-k", "nope"], ["bench", "-pg", "512"], ["list", "nothing"],
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
