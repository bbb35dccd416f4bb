import Glibc
import Machine

/// Failures of reading, in words.
enum EnergyFailure {
  /// Why a zone that was found could not be opened or read at the start.
  static func obstacle(_ failure: EnergyInput.Failure, zone: EnergyZone) -> EnergyObstacle {
    let words = text(failure, zone: zone)
    return switch failure {
    case .refused(EACCES), .refused(EPERM):
      EnergyObstacle(.permission, reason: words, fix: "run `tern doctor`, which prints the command that allows it")
    case .refused(ENOENT):
      EnergyObstacle(.masked, reason: words, fix: "measure outside the container")
    case .refused(ENODEV), .refused(ENXIO):
      EnergyObstacle(.offline, reason: words, fix: "bring its CPU online, or plug the device in again")
    case .notDischarging:
      EnergyObstacle(.idle, reason: words, fix: "unplug the power supply to measure by battery")
    case .refused, .empty, .notANumber, .notCounting:
      EnergyObstacle(.driver, reason: words, fix: "see dmesg for the driver of \(zone.source.rawValue)")
    }
  }

  /// What happened, in a sentence without an end.
  static func text(_ failure: EnergyInput.Failure, zone: EnergyZone) -> String {
    switch failure {
    case .refused(ENODEV), .refused(ENOENT), .refused(ENXIO):
      "\(zone.id) is gone (\(errnoText(failure))): its CPU or device went offline"
    case .refused: "\(zone.id) answers \(errnoText(failure))"
    case .empty: "\(zone.id) gives nothing"
    case .notANumber: "\(zone.id) does not give a number"
    case .notCounting: "\(zone.id) was not counting all the time"
    case .notDischarging: "\(zone.id) does not discharge: the machine runs on the mains"
    }
  }

  /// Why a window of a counter has no energy.
  static func text(_ fault: WrappingCounter.Fault, zone: EnergyZone) -> String {
    switch fault {
    case .decreased: "\(zone.id) went down, and how far it counts is not known"
    case .beyondRange: "\(zone.id) gave more than its range of \(zone.range ?? 0) counts"
    case .impossible:
      "\(zone.id) moved by more than \(Int(zone.maxPowerW)) W can: it was reset, or the machine slept"
    case .still: "\(zone.id) did not move: it gives no new values any more"
    case .unwatched: "\(zone.id) was not read for so long that it may have gone round unseen"
    }
  }

  private static func errnoText(_ failure: EnergyInput.Failure) -> String {
    guard case .refused(let number) = failure else { return "" }
    return "\(String(cString: strerror(number))), errno \(number)"
  }
}
