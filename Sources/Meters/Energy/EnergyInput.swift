import Glibc
import Machine

/// One zone's open descriptors: asked again and again, it allocates nothing.
///
/// Not to be read by two threads at once: they would share the buffer.
final class EnergyInput: @unchecked Sendable {
  /// Why a reading is none.
  enum Failure: Sendable, Equatable {
    /// The kernel refused, with this errno.
    case refused(Int32)
    /// The file gave nothing.
    case empty
    /// The file gave something that is not a whole number with a line end.
    case notANumber
    /// The event gave no count, or was not counting all the time.
    case notCounting
    /// The battery does not discharge.
    case notDischarging
  }

  /// A count of energy, or a power in microwatts.
  struct Reading: Sendable, Equatable {
    var value: UInt64 = 0
    var failure: Failure?
  }

  private let calls: EnergyCalls
  private let channel: EnergyZone.Channel
  /// In the order in which the channel names its files.
  private let descriptors: [Int32]
  private let buffer: UnsafeMutableRawPointer
  /// A 64-bit number has 20 digits; what is longer than the buffer is no number.
  private static let bufferBytes = 64

  private init(calls: EnergyCalls, channel: EnergyZone.Channel, descriptors: [Int32]) {
    self.calls = calls
    self.channel = channel
    self.descriptors = descriptors
    buffer = .allocate(byteCount: Self.bufferBytes, alignment: 8)
  }

  deinit {
    for descriptor in descriptors { calls.close(descriptor) }
    buffer.deallocate()
  }

  /// Opens what a zone is read from, or says which errno stands in the way.
  static func open(_ zone: EnergyZone, calls: EnergyCalls) -> Result<EnergyInput, EnergyRefusal> {
    var descriptors: [Int32] = []
    if case .event(let event) = zone.channel {
      descriptors = [calls.openEvent(event)]
    } else {
      descriptors = paths(of: zone.channel).map { calls.open($0) }
    }
    if descriptors.isEmpty { return .failure(EnergyRefusal(number: EOPNOTSUPP)) }
    if let refused = descriptors.first(where: { $0 < 0 }) {
      for descriptor in descriptors where descriptor >= 0 { calls.close(descriptor) }
      return .failure(EnergyRefusal(number: -refused))
    }
    return .success(EnergyInput(calls: calls, channel: zone.channel, descriptors: descriptors))
  }

  /// A battery's power is read where it has one; its current and voltage else.
  private static func paths(of channel: EnergyZone.Channel) -> [String] {
    switch channel {
    case .counter(let path), .power(let path): [path]
    case .battery(let status, let power?, _, _): [status, power]
    case .battery(let status, nil, let current?, let voltage?): [status, current, voltage]
    case .battery, .event, .none: []
    }
  }

  /// Reads now.
  func read() -> Reading {
    switch channel {
    case .counter, .power: number(descriptors[0])
    case .event: event()
    case .battery: battery()
    case .none: Reading(failure: .refused(EOPNOTSUPP))
    }
  }

  /// Reads now, and once more where that fails: a driver may be busy for a moment.
  func readTwice() -> Reading {
    let first = read()
    return first.failure == nil ? first : read()
  }
}

extension EnergyInput {
  private func number(_ descriptor: Int32, allowSign: Bool = false) -> Reading {
    let size = calls.readFile(descriptor, buffer, Self.bufferBytes)
    if size < 0 { return Reading(failure: .refused(Int32(clamping: -size))) }
    return Self.parse(UnsafeRawBufferPointer(start: buffer, count: min(size, Self.bufferBytes)), allowSign: allowSign)
  }

  /// One to 19 decimal digits, which always fit, and at most one line end.
  ///
  /// - Parameter allowSign: whether a minus before the digits is skipped: drivers of batteries disagree on the sign of
  ///   a current that flows out.
  static func parse(_ bytes: UnsafeRawBufferPointer, allowSign: Bool = false) -> Reading {
    var end = bytes.count
    if end > 0 && bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    if end == 0 { return Reading(failure: .empty) }
    let start = allowSign && bytes[0] == UInt8(ascii: "-") ? 1 : 0
    guard (1...19).contains(end - start) else { return Reading(failure: .notANumber) }
    var value: UInt64 = 0
    for index in start..<end {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return Reading(failure: .notANumber) }
      value = value * 10 + UInt64(digit)
    }
    return Reading(value: value)
  }

  /// The count, the time since it was opened, and the time that it counted (perf_event_open(2), read_format).
  private func event() -> Reading {
    let size = calls.readEvent(descriptors[0], buffer, 24)
    if size < 0 { return Reading(failure: .refused(Int32(clamping: -size))) }
    guard size == 24 else { return Reading(failure: .notCounting) }
    let words = buffer.assumingMemoryBound(to: UInt64.self)
    // Energy events are never rotated; a millisecond allows for the moment in which one is opened.
    guard words[1] <= words[2] + 1_000_000 else { return Reading(failure: .notCounting) }
    return Reading(value: words[0])
  }

  private func battery() -> Reading {
    let size = calls.readFile(descriptors[0], buffer, Self.bufferBytes)
    if size < 0 { return Reading(failure: .refused(Int32(clamping: -size))) }
    guard isDischarging(size) else { return Reading(failure: .notDischarging) }
    let first = number(descriptors[1], allowSign: true)
    guard first.failure == nil, descriptors.count == 3 else { return first }
    let second = number(descriptors[2])
    guard second.failure == nil else { return second }
    // Microamperes times microvolts are picowatts.
    let product = first.value.multipliedFullWidth(by: second.value)
    guard product.high < 1_000_000 else { return Reading(failure: .notANumber) }
    return Reading(value: UInt64(1_000_000).dividingFullWidth(product).quotient)
  }

  private func isDischarging(_ size: Int) -> Bool {
    let word: StaticString = "Discharging"
    let length = word.utf8CodeUnitCount
    guard size == length || (size == length + 1 && buffer.load(fromByteOffset: length, as: UInt8.self) == 10) else {
      return false
    }
    return memcmp(buffer, word.utf8Start, length) == 0
  }
}

/// Why a zone could not be opened.
struct EnergyRefusal: Error, Equatable {
  /// The errno.
  let number: Int32
}
