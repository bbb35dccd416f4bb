import Engine
import Testing

@Suite("Texts at which to stop")
struct StopTextTests {
  /// What comes out of pieces, and whether a stop was found.
  private func run(_ stops: [String], _ pieces: [String]) -> (out: [String], isFound: Bool) {
    var stop = StopText(stops)
    var out = pieces.map { stop.append($0) }
    out.append(stop.finish())
    return (out, stop.isFound)
  }

  @Test("a stop that is split over pieces is found and never given out")
  func split() {
    let (out, isFound) = run(["\n\nUser:"], ["Yes", ".\n", "\nUs", "er: no", "more"])
    #expect(out == ["Yes", ".", "", "", "", ""] && isFound)
  }

  @Test("what only began like a stop is given out as soon as that is known")
  func beginnings() {
    let (out, isFound) = run(["abac"], ["xa", "ba", "bac", "."])
    // xaba|bac: "abac" is complete inside of "ababac".
    #expect(out.joined() == "xab" && isFound)
    let (rest, none) = run(["</end>"], ["a </", "en", "d ", "</"])
    #expect(rest == ["a ", "", "</end ", "", "</"] && !none)
  }

  @Test("the result does not depend on how the text is cut")
  func cuts() {
    var state: UInt64 = 158
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    let letters: [Character] = ["a", "b", "é", "🙂"]
    func text(_ length: Int) -> String { String((0..<length).map { _ in letters[random(letters.count)] }) }
    for _ in 0..<400 {
      let stops = (0...random(3)).map { _ in text(1 + random(3)) }
      let whole = text(random(12))
      var pieces: [String] = []
      var rest = whole[...]
      while !rest.isEmpty {
        let length = 1 + random(4)
        pieces.append(String(rest.prefix(length)))
        rest = rest.dropFirst(length)
      }
      let (out, isFound) = run(stops, pieces)
      let (expected, wasFound) = run(stops, [whole])
      #expect(out.joined() == expected.joined() && isFound == wasFound, "\(stops) in \(pieces)")
      #expect(!stops.contains { out.joined().contains($0) } && whole.hasPrefix(out.joined()))
      #expect(isFound || out.joined() == whole)
    }
  }

  @Test("without stops everything passes")
  func none() {
    let (out, isFound) = run(["", ""], ["a", "", "b"])
    #expect(out == ["a", "", "b", ""] && !isFound)
  }
}
