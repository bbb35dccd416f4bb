/// Writes SVG elements as text: escaped, in the order given, numbers with at most two decimals.
struct SVGBuilder {
  /// What has been written.
  private(set) var text = ""

  /// An attribute's value; numbers are rounded on the way in.
  enum Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    case text(String)
    case number(Double)

    init(stringLiteral value: String) { self = .text(value) }
  }

  typealias Attributes = KeyValuePairs<String, Value>

  /// Writes an element whose content `content` writes.
  mutating func element(_ name: String, _ attributes: Attributes, content: (inout SVGBuilder) -> Void) {
    open(name, attributes, end: ">")
    content(&self)
    text += "</\(name)>"
  }

  /// Writes an element that holds text, or nothing.
  mutating func element(_ name: String, _ attributes: Attributes, text content: String? = nil) {
    guard let content else { return open(name, attributes, end: "/>") }
    open(name, attributes, end: ">")
    text += Self.escaped(content)
    text += "</\(name)>"
  }

  /// Writes a shape that says something to a pointer that rests on it.
  mutating func shape(_ name: String, _ attributes: Attributes, hint: String?) {
    guard let hint else { return element(name, attributes) }
    element(name, attributes) { $0.element("title", [:], text: hint) }
  }

  /// Writes text that is known to need no escaping: style sheets.
  mutating func raw(_ content: String) { text += content }

  private mutating func open(_ name: String, _ attributes: Attributes, end: String) {
    text += "<\(name)"
    for (key, value) in attributes {
      switch value {
      case .text(let content): text += " \(key)=\"\(Self.escaped(content))\""
      case .number(let number): text += " \(key)=\"\(Self.decimal(number))\""
      }
    }
    text += end
  }

  /// The number with at most two decimals and no trailing zeros; "0" for what cannot be written.
  static func decimal(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "0" }
    let hundredths = Int((value * 100).rounded())
    let sign = hundredths < 0 ? "-" : ""
    let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
    if rest == 0 { return "\(sign)\(whole)" }
    if rest % 10 == 0 { return "\(sign)\(whole).\(rest / 10)" }
    return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// Text for XML: the five special characters as entities; characters that XML 1.0 forbids become U+FFFD.
  static func escaped(_ content: String) -> String {
    var result = ""
    result.reserveCapacity(content.utf8.count)
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
