import Foundation

/// The XML that CI systems read test results from, in the form that Jenkins, GitLab and the JUnit actions of GitHub share.
struct JUnitDocument {
  /// How a case went.
  enum Result {
    /// Well.
    case passed
    /// Not tried, or not decided.
    case skipped(String)
    /// What was tested is not right: a sentence, a word for its kind, and more text.
    case failed(String, kind: String, details: String)
    /// The test itself could not be made.
    case error(String, kind: String, details: String)
  }

  /// One test.
  struct Case {
    var className: String
    var name: String
    /// Seconds; nil where nothing was timed.
    var seconds: Double?
    var result: Result
    /// What it printed, as a reader of the CI system sees it.
    var output: String?
  }

  /// The tests of one run.
  struct Suite {
    var name: String
    /// ISO-8601 UTC.
    var timestamp: String
    var properties: [(name: String, value: String)]
    var cases: [Case]
  }

  /// The root's name.
  var name: String
  /// In the order in which they are written.
  var suites: [Suite]

  /// The document, as UTF-8 with a line end.
  func render() -> Data {
    let all = suites.flatMap(\.cases)
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    lines.append("<testsuites\(Self.attributes([("name", name)] + Self.counts(of: all)))>")
    for suite in suites { lines += Self.lines(of: suite) }
    lines.append("</testsuites>")
    return Data(lines.map { $0 + "\n" }.joined().utf8)
  }

  private static func lines(of suite: Suite) -> [String] {
    let head = [("name", suite.name), ("timestamp", suite.timestamp)] + counts(of: suite.cases)
    var lines = ["  <testsuite\(attributes(head))>"]
    if !suite.properties.isEmpty {
      lines.append("    <properties>")
      lines += suite.properties.map { "      <property\(attributes([("name", $0.name), ("value", $0.value)]))/>" }
      lines.append("    </properties>")
    }
    lines += suite.cases.flatMap(self.lines)
    return lines + ["  </testsuite>"]
  }

  private static func lines(of test: Case) -> [String] {
    let head = attributes(
      [("classname", test.className), ("name", test.name)] + (test.seconds.map { [("time", seconds($0))] } ?? []))
    var inner: [String] = []
    switch test.result {
    case .passed: break
    case .skipped(let message): inner.append("<skipped\(attributes([("message", message)]))/>")
    case .failed(let message, let kind, let details): inner.append(element("failure", message, kind, details))
    case .error(let message, let kind, let details): inner.append(element("error", message, kind, details))
    }
    if let output = test.output, !output.isEmpty { inner.append("<system-out>\(XML.escaped(output))</system-out>") }
    if inner.isEmpty { return ["    <testcase\(head)/>"] }
    return ["    <testcase\(head)>"] + inner.map { "      \($0)" } + ["    </testcase>"]
  }

  private static func element(_ name: String, _ message: String, _ kind: String, _ details: String) -> String {
    "<\(name)\(attributes([("message", message), ("type", kind)]))>\(XML.escaped(details))</\(name)>"
  }

  private static func counts(of cases: [Case]) -> [(String, String)] {
    var (failures, errors, skipped) = (0, 0, 0)
    for test in cases {
      switch test.result {
      case .passed: break
      case .skipped: skipped += 1
      case .failed: failures += 1
      case .error: errors += 1
      }
    }
    let times = cases.compactMap(\.seconds)
    return [
      ("tests", String(cases.count)), ("failures", String(failures)), ("errors", String(errors)),
      ("skipped", String(skipped)),
    ] + (times.isEmpty ? [] : [("time", seconds(times.reduce(0, +)))])
  }

  private static func attributes(_ pairs: [(String, String)]) -> String {
    pairs.map { " \($0)=\"\(XML.escaped($1))\"" }.joined()
  }

  /// Milliseconds are what readers of the format show.
  private static func seconds(_ value: Double) -> String { String(format: "%.3f", value) }
}

/// Text inside XML 1.0.
enum XML {
  /// Escapes for elements and for attributes in double quotes; what XML has no way to hold is left out.
  static func escaped(_ text: String) -> String {
    Escape.scalars(of: text) { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      // As numbers, because a parser makes spaces of them in attributes.
      case "\n": "&#10;"
      case "\r": "&#13;"
      case "\t": "&#9;"
      default: isAllowed(scalar) ? nil : ""
      }
    }
  }

  /// The production Char of XML 1.0, of which Swift's scalars lack the surrogates already.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
  }
}
