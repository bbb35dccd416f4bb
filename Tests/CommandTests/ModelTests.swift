import Foundation
import Testing

@Suite struct ModelTests {
  @Test("generate prints ids on stdout and speeds on stderr, the same ids for every kernel")
  func generate() throws {
    let outputs = try ["naive", "simd", "f16"].map { kernel in
      let result = try Binary.run("generate", "-m", "paper-125m", "-n", "4", "-k", kernel, "--ids", "5,6,7")
      #expect(result.status == 0, "\(result.err)")
      #expect(result.err.contains("t/s"))
      return result.out
    }
    #expect(Set(outputs).count == 1)
    #expect(outputs[0].split(separator: " ").count == 4)
  }

  @Test("generate --json is one object")
  func generateJSON() throws {
    let result = try Binary.run("generate", "-m", "paper-125m", "-n", "3", "--json")
    let object = try #require(try result.json() as? [String: Any])
    #expect((object["ids"] as? [Int])?.count == 3)
  }

  @Test("logits writes [T, V] floats and is deterministic over kernels and threads")
  func logits() throws {
    let scratch = try Scratch()
    let first = scratch.path("a.f32")
    let second = scratch.path("b.f32")
    #expect(try Binary.run("logits", "paper-125m", "--ids", "1,2,3", "--output", first).status == 0)
    #expect(
      try Binary.run("logits", "paper-125m", "--ids", "1,2,3", "--output", second, "-k", "naive", "-t", "3").status == 0
    )
    let bytes = try Data(contentsOf: URL(fileURLWithPath: first))
    #expect(bytes.count == 3 * 32002 * 4)
    #expect(try bytes == Data(contentsOf: URL(fileURLWithPath: second)))
  }

  @Test("--kv f16 gives other logits than f32, the same for every kernel and thread count")
  func cacheFormat() throws {
    let scratch = try Scratch()
    let rounded = ["f16", "int8"].flatMap { [["--kv", $0], ["--kv", $0, "-k", "naive", "-t", "3"]] }
    let runs = rounded + [["--kv", "f32"]]
    let files = try runs.enumerated().map { index, flags in
      let path = scratch.path("\(index).f32")
      let arguments = ["logits", "paper-125m", "--ids", "1,2,3,4", "-o", path] + flags
      #expect(try Binary.run(arguments, in: Binary.root, environment: [:]).status == 0)
      return try Data(contentsOf: URL(fileURLWithPath: path))
    }
    #expect(files[0] == files[1] && files[2] == files[3])
    #expect(Set(files).count == 3)
  }

  @Test("bench measures with --kv f16 and says so")
  func benchCacheFormat() throws {
    let result = try Binary.run(BenchTests.quick + ["-o", "jsonl", "--kv", "f16"], in: Binary.root, environment: [:])
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains("\"fact_cache_bits_per_value\":16"))
  }

  @Test("verify gives one hash for all kernels, threads and placements")
  func verify() throws {
    let result = try Binary.run(
      "verify", "-k", "simd,auto,f16", "-t", "1,3", "-p", "3", "-n", "1", "--placement", "free,numa", "--json")
    #expect(result.status == 0, "\(result.err)")
    #expect(result.err.contains("identical  12 configurations, one hash"))
    let object = try #require(try result.json() as? [String: Any])
    let rows = try #require(object["results"] as? [[String: Any]])
    #expect(rows.count == 12)
    #expect(Set(rows.compactMap { $0["sha256"] as? String }).count == 1)
  }

  @Test("calibrate times every matrix and keeps the result; auto then says what it chose")
  func calibrate() throws {
    let scratch = try Scratch()
    let environment = ["XDG_CACHE_HOME": scratch.path("cache")]
    let result = try Binary.run(
      ["calibrate", "-m", "paper-125m", "-t", "1", "--json"], in: Binary.root, environment: environment)
    #expect(result.status == 0, "\(result.err)")
    let object = try #require(try result.json() as? [String: Any])
    let matrices = try #require(object["matrices"] as? [[String: Any]])
    #expect(matrices.compactMap { $0["name"] as? String } == ["qkv", "o", "gate+up", "down"])
    let generated = try Binary.run(
      ["generate", "-m", "paper-125m", "-t", "1", "-k", "auto", "-n", "2"], in: Binary.root, environment: environment)
    #expect(generated.status == 0)
    #expect(generated.err.contains("auto  one vector: "), "\(generated.err)")
  }

  @Test("a model that is not there is an error that names it")
  func missingModel() throws {
    let result = try Binary.run("logits", "./no/such/model", "--ids", "1", "-o", "/dev/null")
    #expect(result.status == 1)
    #expect(result.err.contains("no/such/model"))
  }

  @Test("ids beyond the vocabulary are an error that names the id")
  func badIDs() throws {
    let result = try Binary.run("logits", "paper-125m", "--ids", "1,99999999", "-o", "/dev/null")
    #expect(result.status == 1)
    #expect(result.err.contains("99999999"))
  }

  @Test("a truncated checkpoint is an error, not a crash")
  func truncatedCheckpoint() throws {
    let scratch = try Scratch()
    try scratch.write("config.json", "{}")
    try scratch.write("model.safetensors", "12345")
    let result = try Binary.run("logits", scratch.url.path, "--ids", "1", "-o", "/dev/null")
    #expect(result.status == 1)
    #expect(result.err.contains(scratch.url.path))
  }
}
