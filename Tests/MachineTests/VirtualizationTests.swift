import Testing

@testable import Machine

@Suite("Virtualization")
struct VirtualizationTests {
  private func text(_ root: FakeRoot) -> String? { root.machine().virtualization.text }

  @Test("Bare metal is nothing")
  func bareMetal() { #expect(text(.intelLaptop()) == nil) }

  @Test("The hypervisor flag and a paravirtual clock are KVM")
  func guest() { #expect(text(.bareGuest()) == "kvm") }

  @Test("The hypervisor flag alone is some hypervisor")
  func anonymous() {
    #expect(text(.bareGuest().remove("/sys/devices/system/clocksource")) == "hypervisor")
  }

  @Test("A container in a virtual machine is both")
  func both() { #expect(text(.bareGuest().write("/.dockerenv", "")) == "docker on kvm") }

  @Test(
    "Containers are told apart by what they leave behind",
    arguments: [
      ("0::/kubepods/besteffort/pod1/abc", "kubernetes"), ("5:memory:/docker/abc", "docker"),
      ("0::/machine.slice/libpod-1.scope/libpod-1", nil), ("0::/libpod-1", "podman"), ("1:name=systemd:/lxc/c1", "lxc"),
    ])
  func containers(cgroup: String, name: String?) {
    let root = FakeRoot.intelLaptop().write("/proc/self/cgroup", cgroup)
    #expect(text(root) == name ?? (cgroup.contains("/libpod") ? "podman" : nil))
  }

  @Test("A cloud's bare metal is bare metal on both architectures")
  func metal() {
    let x86 = FakeRoot.intelLaptop().write("/sys/class/dmi/id/sys_vendor", "Amazon EC2")
    #expect(text(x86) == nil)
    let arm = FakeRoot.armBoard().write("/sys/class/dmi/id/sys_vendor", "Amazon EC2")
    #expect(text(arm) == "amazon-ec2")
    #expect(text(arm.write("/sys/class/dmi/id/product_name", "c7g.metal")) == nil)
  }
}
