import Foundation
import Testing

@Suite struct ProfileTests {
  static let quick = ["profile", "-m", "paper-125m", "-p", "4", "-n", "2", "-r", "1"]

  @Test("the table has every part, the subtotals and the fork-joins, on stdout alone")
  func table() throws {
    let result = try Binary.run(Self.quick + ["-t", "2"], in: Binary.root, environment: [:])
    #expect(result.status == 0, "\(result.err)")
    for word in [
      "part", "pp4 ms", "tg2 ms/token", "embedding", "qkv", "rope, store", "attention", "gate+up, activation", "down",
      "head", "matrix work", "everything else", "kind of layer", "full attention", "feed-forward",
      "fork-joins per token", "one empty fork-join, median",
    ] {
      #expect(result.out.contains(word), "\(word)")
    }
    #expect(result.err.contains("paper-125m"))
    for line in result.out.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test("--json is one object whose parts add up")
  func json() throws {
    let result = try Binary.run(Self.quick + ["-t", "2", "--json"], in: Binary.root, environment: [:])
    let object = try #require(try result.json() as? [String: Any])
    let phases = try #require(object["phases"] as? [[String: Any]])
    #expect(phases.compactMap { $0["label"] as? String } == ["pp4", "tg2"])
    for phase in phases {
      let parts = try #require(phase["parts"] as? [[String: Any]])
      let times = parts.compactMap { $0["time_ns"] as? Int }
      #expect(times.count == 13 && times.allSatisfy { $0 > 0 })
      let sums = [phase["time_matrix_ns"] as? Int, phase["time_other_ns"] as? Int].compactMap { $0 }
      #expect(sums.reduce(0, +) == times.reduce(0, +))
      let kinds = try #require(phase["time_by_layer_kind_ns"] as? [String: Int])
      #expect(Set(kinds.keys) == ["full", "mlp", "embedding_head"])
      #expect(kinds.values.reduce(0, +) == times.reduce(0, +))
    }
    // Each layer forks for its four matrices and its attention at least.
    #expect(try #require(phases[1]["fork_joins_per_token"] as? Double) >= 11 * 5)
    #expect(try #require(object["fork_join_median_ns"] as? Double) > 0)
  }

  @Test("one thread forks nothing, and a depth is in the label")
  func oneThread() throws {
    let result = try Binary.run(
      "profile", "-m", "paper-125m", "-p", "0", "-n", "1", "-d", "5", "-r", "1", "-t", "1", "--kv", "f16", "--json")
    let object = try #require(try result.json() as? [String: Any])
    let phases = try #require(object["phases"] as? [[String: Any]])
    #expect(phases.count == 1 && phases[0]["label"] as? String == "tg1@d5")
    #expect(phases[0]["fork_joins_per_token"] as? Double == 0)
    #expect(object["fork_join_median_ns"] == nil)
    #expect(object["kv"] as? String == "f16")
  }
}
