/// A processor's marketing name as a part of a directory name.
enum Slug {
  /// The longest slug: directory names stay readable in a listing.
  static let longest = 40

  /// Lower-case words of ASCII letters and digits joined by "-", without trademarks, clock rates and core counts.
  ///
  /// "Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz" becomes "intel-xeon-platinum-8375c".
  static func make(from name: String) -> String {
    let plain = beforeSuffix(name).lowercased()
      .replacing("(r)", with: " ").replacing("(tm)", with: " ")
    let words = plain.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
    let slug = dropCoreCount(words.filter { !noise.contains($0) }).joined(separator: "-")
    let cut = String(slug.prefix(longest))
    return cut.isEmpty ? "machine" : String(cut.reversed().drop { $0 == "-" }.reversed())
  }

  private static let noise: Set<String> = ["cpu", "processor"]

  /// What stands before the clock rate, or before the graphics that came with the processor.
  private static func beforeSuffix(_ name: String) -> Substring {
    let ends = ["@", " with ", " w/ "].compactMap { name.firstRange(of: $0)?.lowerBound }
    return name[..<(ends.min() ?? name.endIndex)]
  }

  /// Drops "64-core" and "64-cores", which arrive here as two words.
  private static func dropCoreCount(_ words: [String]) -> [String] {
    guard let core = words.firstIndex(where: { $0 == "core" || $0 == "cores" }), core > 0, Int(words[core - 1]) != nil
    else { return words }
    return Array(words[..<(core - 1)] + words[(core + 1)...])
  }
}
