@testable import Meters

/// A window of one meter without a stack around it.
struct OneWindow {
  let meter: any OpenMeter

  func stop() -> [Reading] {
    meter.end()
    return meter.readings().values
  }
}

extension Meter {
  /// Opens and begins a window.
  func start() throws -> OneWindow {
    let window = OneWindow(meter: try open(pass: 0))
    try window.meter.begin()
    return window
  }
}
