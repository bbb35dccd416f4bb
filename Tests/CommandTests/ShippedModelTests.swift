import Foundation
import Testing

/// The model that every build carries, through the commands that a newcomer types first.
@Suite struct ShippedModelTests {
  /// Stories that the model has not seen, as `tern train Models/tern-tiny.toml --print-text | tail -n 239` writes them.
  static let heldOut = Binary.root.appendingPathComponent("Models/tern-tiny-heldout.txt").path

  @Test("it is listed first, and described")
  func isListed() throws {
    let list = try Binary.run("list", "models", "--json")
    let models = try #require(list.json() as? [[String: Any]])
    #expect(models.first?["name"] as? String == "tern-tiny" && models.first?["ternary_parameters"] as? Int == 3_145_728)
    let inspect = try Binary.run("inspect", "tern-tiny")
    #expect(inspect.status == 0 && inspect.out.contains("TQ2_0"), "\(inspect.out)\(inspect.err)")
  }

  @Test("it tells a story that ends, the same with every kernel")
  func tellsAStory() throws {
    var texts: Set<String> = []
    for kernel in ["simd", "naive", "f16"] {
      let run = try Binary.run(
        "generate", "-m", "tern-tiny", "-p", "Once there was", "-n", "120", "-k", kernel, "-t", "1")
      #expect(run.status == 0, "\(run.err)")
      texts.insert(run.out)
    }
    let text = try #require(texts.first)
    #expect(texts.count == 1 && text.count > 100, "\(texts)")
    #expect([".", "!"].contains(text.trimmingCharacters(in: .whitespacesAndNewlines).suffix(1)), "\(text)")
  }

  @Test("text that it has not seen is as likely with every kernel, to the last digit, and likely")
  func perplexity() throws {
    let run = try Binary.run(
      "perplexity", "-m", "tern-tiny", Self.heldOut, "--documents", "--each-kernel", "--limit", "700", "--json")
    #expect(run.status == 0 && run.err.contains("one perplexity to the last digit"), "\(run.err)")
    let object = try #require(run.json() as? [String: Any])
    let results = try #require(object["results"] as? [[String: Any]])
    let perplexities = results.compactMap { ($0["report"] as? [String: Any])?["perplexity"] as? Double }
    #expect(perplexities.count >= 4 && Set(perplexities).count == 1, "\(perplexities)")
    // 768 for a model that knows nothing; 9 or so for one that knows how often words are used.
    #expect(perplexities.allSatisfy { $0 < 2 }, "\(perplexities)")
    for row in results where row["report"] == nil {
      #expect((row["reason"] as? String)?.isEmpty == false, "\(row)")
    }
  }

  @Test("every kernel, thread count and placement gives its logits to the byte")
  func verify() throws {
    let run = try Binary.run("verify", "-m", "tern-tiny")
    #expect(run.status == 0 && run.err.contains("one hash"), "\(run.out)\(run.err)")
  }

  @Test("commands that take files take its name")
  func isTakenByName() throws {
    let scratch = try Scratch()
    let ids = try Binary.run("tokenize", "tern-tiny", "--text", "Once there was a girl.")
    #expect(ids.status == 0 && ids.out.split(separator: ",").count < 12, "\(ids.out)\(ids.err)")
    let copy = scratch.path("copy.gguf")
    let convert = try Binary.run("convert", "tern-tiny", copy, "--type", "i2_s")
    #expect(convert.status == 0, "\(convert.err)")
    let (own, file) = (scratch.path("own"), scratch.path("file"))
    for (model, logits) in [("tern-tiny", own), (copy, file)] {
      let run = try Binary.run("logits", model, "--ids", "1,40,300", "-o", logits)
      #expect(run.status == 0, "\(run.err)")
    }
    #expect(FileManager.default.contentsEqual(atPath: own, andPath: file))
    let bench = try Binary.run("bench", "-m", "tern-tiny", "-p", "8", "-n", "2", "-r", "1")
    #expect(bench.status == 0 && bench.out.contains("tern-tiny"), "\(bench.err)")
    let typo = try Binary.run("bench", "-m", "tern-tinny", "-p", "8")
    #expect(typo.status != 0 && typo.err.contains("tern-tiny"), "\(typo.err)")
  }

  @Test("documents and kernels are not asked for twice")
  func mistakes() throws {
    for (arguments, expected) in [
      (["--ids", "--documents"], "one or the other"), (["--each-kernel", "--kernel", "simd"], "needs no --kernel"),
    ] {
      let run = try Binary.run(
        ["perplexity", "-m", "tern-tiny", Self.heldOut] + arguments, in: Binary.root, environment: [:])
      #expect(run.status == 64 && run.err.contains(expected), "\(run.err)")
    }
  }
}
