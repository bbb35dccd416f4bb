import Foundation
import Testing

@Suite struct TrainTests {
  static let configuration = """
    schema = 1
    name = "mini"
    output = "out"
    [model]
    hidden = 128
    layers = 1
    heads = 2
    feed_forward = 128
    [data]
    stories = 60
    vocabulary = 300
    [training]
    context = 24
    sequences = 4
    steps = 4
    learning_rate = 1e-3
    [evaluation]
    every = 2
    """

  @Test("a run leaves a model that generates, converts, and is not trained over")
  func trains() throws {
    let scratch = try Scratch()
    try scratch.write("mini.toml", Self.configuration)
    let out = scratch.path("out")
    let run = try Binary.run("train", scratch.path("mini.toml"), "--output", out, "--threads", "2")
    #expect(run.status == 0 && run.out.isEmpty, "\(run.err)")
    #expect(run.err.contains("[4/4] loss") && run.err.contains("held out") && run.err.contains("tokens/s"))
    let rows = try String(contentsOfFile: out + "/metrics.csv", encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 5 && rows[0].hasPrefix("step,tokens,loss,perplexity,"))
    let text = try Binary.run("generate", "-m", out + "/model", "-p", "Once", "-n", "4", "--threads", "1")
    #expect(text.status == 0 && !text.out.isEmpty, "\(text.err)")
    let gguf = try Binary.run("convert", out + "/model", scratch.path("mini.gguf"), "--type", "i2_s")
    #expect(gguf.status == 0, "\(gguf.err)")
    let again = try Binary.run("train", scratch.path("mini.toml"), "--output", out)
    #expect(again.status == 1 && again.err.contains("go on with --resume"), "\(again.err)")
    let resumed = try Binary.run("train", scratch.path("mini.toml"), "--output", out, "--resume")
    #expect(resumed.status == 0 && resumed.err.contains("resumed after step 4 of 4"), "\(resumed.err)")
  }

  @Test("a mistake in a configuration has its line, its key and what would be right")
  func mistakes() throws {
    let scratch = try Scratch()
    for (old, new, expected) in [
      ("hidden = 128", "hiden = 128", ":5: model.hiden: there is no such key in [model]; did you mean \"hidden\"?"),
      ("hidden = 128", "hidden = 36", "hidden is 36; it must be a multiple of 8"),
      ("heads = 2", "heads = 2\nkv_heads = 3", "3 key heads do not divide 2 query heads"),
      ("steps = 4", "", "training.steps: missing; [training] must have it"),
      ("stories = 60", "files = [\"none.txt\"]", "none.txt: cannot be read"),
      ("stories = 60", "stories = 60\nfiles = [\"a\"]", "text comes from files or from stories, not both"),
      ("vocabulary = 300", "vocabulary = 60000", "set vocabulary to"),
      ("context = 24", "context = 24000", "the text has"),
      ("schema = 1", "schema = 2", "this build reads schema 1"),
    ] {
      try scratch.write("bad.toml", Self.configuration.replacingOccurrences(of: old, with: new))
      let run = try Binary.run("train", scratch.path("bad.toml"), "--output", scratch.path("bad"))
      #expect(run.status == 1 && run.out.isEmpty && run.err.contains(expected), "\(expected): \(run.err)")
    }
  }
}
