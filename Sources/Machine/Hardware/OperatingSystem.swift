/// The distribution's name.
enum OperatingSystem {
  /// PRETTY_NAME of os-release(5), without its quotes.
  static func prettyName(files: SystemFiles) -> String? {
    guard let text = files.text("/etc/os-release") ?? files.text("/usr/lib/os-release"),
      var name = Fields.pairs(text, separator: "=")["PRETTY_NAME"]
    else { return nil }
    for quote in ["\"", "'"] where name.count >= 2 && name.hasPrefix(quote) && name.hasSuffix(quote) {
      name = String(name.dropFirst().dropLast())
    }
    return name.isEmpty ? nil : name
  }
}
