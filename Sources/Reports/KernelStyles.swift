import Charts
import Records

/// Gives every kernel of a record its place and its style, the same in every figure and every report.
struct KernelStyles {
  /// The dense kernel that ternary ones are compared with, as in the papers: llama.cpp's fp16 column.
  static let baseline = "f16"

  /// Families with a fixed colour, in the order of keys and bars; others follow by name.
  private static let known = ["f16", "naive", "simd", "lut", "tiled"]

  /// Kernel ids in the order of keys and bars: baseline first.
  let ids: [String]
  private let styles: [String: SeriesStyle]
  private let idOfFamily: [String: String]

  init(of record: RunRecord) {
    let kernels = RunView.distinct(record.cells.compactMap(\.kernel).filter { $0.isa != nil }.map(\.id))
    var idOfFamily: [String: String] = [:]
    for id in kernels.sorted() where idOfFamily[Self.family(of: id)] == nil { idOfFamily[Self.family(of: id)] = id }
    // A cell that was skipped names its kernel as it was asked for: "simd" means the row that ran elsewhere.
    let asked = record.cells.compactMap(\.kernel).filter { $0.isa == nil }.map(\.name)
    let unresolved = RunView.distinct(asked).filter { !kernels.contains($0) && idOfFamily[$0] == nil }
    ids = (kernels + unresolved).sorted { Self.rank($0) < Self.rank($1) }
    self.idOfFamily = idOfFamily
    styles = Self.assign(ids)
  }

  /// The id under which the kernel of a cell is drawn.
  func id(of kernel: KernelIdentity) -> String {
    kernel.isa == nil ? idOfFamily[kernel.name] ?? kernel.name : kernel.id
  }

  /// How a kernel is drawn.
  func style(of id: String) -> SeriesStyle { styles[id] ?? .numbered(0) }

  /// How the first kernel of a family is drawn, whether or not it was run: published twins take its colour.
  static func style(ofFamily family: String) -> SeriesStyle {
    family == baseline ? .baseline : .numbered(slots[family] ?? 0)
  }

  /// "simd" of "simd@avx2".
  static func family(of id: String) -> String {
    String(id.prefix { $0 != "@" })
  }

  private static func rank(_ id: String) -> (Int, String) {
    (known.firstIndex(of: family(of: id)) ?? known.count, id)
  }

  /// The first of each known family takes the family's style; every other kernel takes the next that is free.
  private static func assign(_ ids: [String]) -> [String: SeriesStyle] {
    var styles: [String: SeriesStyle] = [:]
    var taken: Set<Int> = []
    for family in known {
      guard let id = ids.first(where: { self.family(of: $0) == family }) else { continue }
      if family == baseline {
        styles[id] = .baseline
      } else if let slot = slots[family] {
        styles[id] = .numbered(slot)
        taken.insert(slot)
      }
    }
    var next = slots.count
    for id in ids where styles[id] == nil {
      while taken.contains(next) { next += 1 }
      styles[id] = .numbered(next)
      taken.insert(next)
    }
    return styles
  }

  /// The strongest colours go to the kernels that are read most.
  private static let slots = ["simd": 0, "naive": 1, "lut": 2, "tiled": 3]
}

extension KernelStyles {
  /// The id under which the kernel of a cell is drawn, if it has one.
  func id(of view: CellView) -> String? { view.cell.kernel.map(id(of:)) }
}
