import Glibc

@testable import Machine
@testable import Meters

extension EnergyFaultTable {
  static let system = "energy_system_j"
  private static let power = "/sys/class/hwmon/hwmon0/power1_average"

  // MARK: - Boards

  static let sensors: [EnergyFault] = [
    EnergyFault("a board's meter", .joules(system, watts: 200), make: bare { $0.sensor(watts: 200) }),
    EnergyFault(
      "a board's meter with its files beside the link", .joules(system, watts: 200),
      make: bare {
        $0.sensor(inDevice: true, watts: 200)
      }),
    EnergyFault("a board's meter is no package", .absent(package), make: bare { $0.sensor(watts: 200) }),
    EnergyFault("a board's meter and the package", .joules(package, watts: 80), make: with { $0.sensor(watts: 200) }),
    EnergyFault(
      "two board's meters", .absent(system),
      make: bare {
        for id in 0..<2 { $0.sensor(hwmon: id, watts: 200) }
      }),
    EnergyFault(
      "one meter tells energy and power", .joules(system, watts: 200),
      make: bare {
        $0.sensor(watts: 200)
        $0.write("/sys/class/hwmon/hwmon0/energy1_input", "5")
        $0.answers["/sys/class/hwmon/hwmon0/energy1_input"] = EnergyHost.count(200)
      }),
    EnergyFault(
      "the power of a supply of the board is not the system's", .absent(system),
      make: bare {
        $0.sensor("ina226", file: "power1_input", watts: 20)
      }),
    EnergyFault(
      "a sensor vanishes", .problem(system, "is gone"), middle: { $0.fail(power, ENODEV) },
      make: bare { $0.sensor(watts: 200) }),
    EnergyFault(
      "a sensor answers EIO at the end", .problem(system, "errno 5"), atEnd: { $0.fail(power, EIO) },
      make: bare { $0.sensor(watts: 200) }),
    EnergyFault(
      "a sensor answers EIO once", .joules(system, watts: 200), middle: { $0.fail(power, EIO, times: 1) },
      make: bare { $0.sensor(watts: 200) }),
    EnergyFault(
      "a negative power", .problem(system, "does not give a number"),
      middle: {
        $0.replace(power) { _ in .text("-200000000\n") }
      }, make: bare { $0.sensor(watts: 200) }),
    EnergyFault(
      "a power of a power station", .problem(system, "nothing here can take"),
      middle: {
        $0.replace(power) { _ in .text("1000000000000000\n") }
      }, make: bare { $0.sensor(watts: 200) }),
    EnergyFault("nobody samples", .problem(system, "2 times only"), polls: false, make: bare { $0.sensor(watts: 200) }),
    EnergyFault(
      "a power that only root may read", .unavailable("root only"), denied: [power],
      make: bare { $0.sensor(watts: 200) }),
    EnergyFault(
      "a power that rises", .joules(system, watts: 250), seconds: 20,
      make: bare {
        let path = $0.sensor(watts: 200)
        $0.replace(path) { seconds in .text("\(Int((200 + (seconds - 1000) * 5) * 1e6))\n") }
      }),
    EnergyFault(
      "a management controller that is not read", .unavailable("driver is not loaded"),
      make: bare { $0.write("/dev/ipmi0", "") }),
  ]

  // MARK: - Batteries

  private static let supply = "/sys/class/power_supply/BAT0"
  private static let battery = "energy_battery_j"
  private static let full = ["power_now": 15_000_000, "energy_now": 50_000_000]

  static let batteries: [EnergyFault] = [
    EnergyFault(
      "a battery discharges", .joules(battery, watts: 15), seconds: 60, make: bare { $0.battery("Discharging", full) }),
    EnergyFault("a battery charges", .unavailable("driver is not loaded"), make: bare { $0.battery("Charging", full) }),
    EnergyFault("a battery is full", .absent(battery), make: with { $0.battery("Full", full) }),
    EnergyFault(
      "the mains are plugged in", .problem(battery, "runs on the mains"), seconds: 60,
      middle: {
        $0.replace(supply + "/status") { _ in .text("Charging\n") }
      }, make: bare { $0.battery("Discharging", full) }),
    EnergyFault(
      "the battery's state is not known", .problem(battery, "runs on the mains"), seconds: 60,
      middle: {
        $0.replace(supply + "/status") { _ in .text("Discharging?\n") }
      }, make: bare { $0.battery("Discharging", full) }),
    EnergyFault(
      "a battery of current and voltage", .joules(battery, watts: 18), seconds: 60,
      make: bare {
        $0.battery("Discharging", ["current_now": 1_500_000, "voltage_now": 12_000_000])
      }),
    EnergyFault(
      "a current that flows out is negative", .joules(battery, watts: 18), seconds: 60,
      make: bare {
        $0.battery("Discharging", ["current_now": -1_500_000, "voltage_now": 12_000_000])
      }),
    EnergyFault(
      "a battery without power or current", .absent(battery),
      make: with { $0.battery("Discharging", ["energy_now": 5]) }),
    EnergyFault(
      "a battery is taken out", .problem(battery, "is gone"), seconds: 60,
      middle: {
        $0.fail(supply + "/power_now", ENODEV)
      }, make: bare { $0.battery("Discharging", full) }),
    EnergyFault(
      "a battery's power is no number", .problem(battery, "does not give a number"), seconds: 60,
      atEnd: {
        $0.replace(supply + "/power_now") { _ in .text("much\n") }
      }, make: bare { $0.battery("Discharging", full) }),
    EnergyFault(
      "a mouse's battery", .absent(battery),
      make: with {
        $0.write($0.battery("Discharging", full) + "/scope", "Device")
      }),
  ]

  // MARK: - Windows

  static let windows: [EnergyFault] = [
    EnergyFault("a window of 12 ms", .problem(package, "shorter than 100 ×"), seconds: 0.012, make: onePackage),
    EnergyFault("a window of 99 ms", .problem(package, "shorter than 100 ×"), seconds: 0.099, make: onePackage),
    EnergyFault("a window of 105 ms", .joules(package, watts: 80), seconds: 0.105, make: onePackage),
    EnergyFault(
      "a counter that steps every 20 ms needs longer windows", .problem(package, "shorter than 100 ×"), seconds: 1,
      make: with {
        $0.replace(counter, EnergyHost.count(80, updateSeconds: 0.02))
      }),
    EnergyFault(
      "a battery in a window of a second", .problem(battery, "shorter than 10 ×"), seconds: 1,
      make: bare {
        $0.battery("Discharging", full)
      }),
    EnergyFault(
      "a day", .joules(package, watts: 250), seconds: 86_400,
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 250)
      }),
  ]
}
