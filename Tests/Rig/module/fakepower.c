// SPDX-License-Identifier: GPL-2.0-only
/*
 * fakepower: a machine's energy counters for a machine that has none, so that what reads them can be proven on a real
 * kernel. For tests in a virtual machine; nothing here measures anything.
 *
 * It registers what two packages of a server register:
 *
 *   powercap   control type intel-rapl: package-N { core, dram } for each package, and psys
 *   perf       PMU "power": energy-pkg and energy-ram, in units of 2^-32 J, one reading CPU per package
 *   hwmon      "power_meter": power1_average of the whole system; "amd_energy": energyN_input of two packages
 *
 * All of them show the same energy: power times time, so that three ways of reading can be held against each other.
 * Every parameter can be written while the module runs, and the energy so far stays what it was:
 *
 *   package_mw, core_mw, dram_mw   power of each package's zones, comma-separated
 *   psys_mw                        power of the whole system
 *   tick_us                        the counters advance this often, as hardware does about every millisecond
 *   quantum_uj                     and by multiples of this
 *   range_uj                       powercap counters run from 0 to this and start again
 *   start_uj                       writing it sets every powercap counter: near the range for a wrap, 0 for a reset
 *   fail_errno                     while it is not 0, every read of energy_uj fails with it
 *   packages                       how many packages there are (at load only)
 *
 * Kernels that have hwmon refuse a second class of that name: use one that is built without (Debian's cloud kernels).
 */

#include <linux/device.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/powercap.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include <linux/version.h>

/* As many sockets as machines with this many memory nodes have. */
#define PACKAGES_MAX 8
/* package, core and dram of every package, and psys */
#define ZONES_MAX (3 * PACKAGES_MAX + 1)

/* ---- Energy: power times time, summed up whenever a power changes ---- */

static unsigned int packages = 2;
static unsigned long package_mw[PACKAGES_MAX] = { [0 ... PACKAGES_MAX - 1] = 50000 };
static unsigned long core_mw[PACKAGES_MAX] = { [0 ... PACKAGES_MAX - 1] = 30000 };
static unsigned long dram_mw[PACKAGES_MAX] = { [0 ... PACKAGES_MAX - 1] = 5000 };
static unsigned long psys_mw = 140000;
static unsigned long tick_us = 1000;
/* 2^-14 J, the unit of most Intel CPUs */
static unsigned long quantum_uj = 61;
/* what a server's package shows: 2^32 of those units */
static unsigned long range_uj = 262143328850UL;
static unsigned long start_uj;
static int fail_errno;

/* One source of energy; powercap shows it with a range, the others without. */
struct rail {
	struct powercap_zone zone;
	const unsigned long *mw;
	/* energy up to `settled_us`, nanojoules: 2^64 nJ are 5 years at 100 W */
	u64 settled_nj;
	/* what the powercap counter shows beyond the energy since loading, microjoules */
	u64 offset_uj;
};

static struct rail rails[ZONES_MAX];
static unsigned int rail_count;
static u64 settled_us;
static DEFINE_RAW_SPINLOCK(rails_lock);

/* Time, as counters with this tick see it. */
static u64 ticked_us(void)
{
	u64 us = ktime_to_us(ktime_get());
	unsigned long tick = READ_ONCE(tick_us) ?: 1;

	return div64_u64(us, tick) * tick;
}

/* Energy since loading, nanojoules; mW times us is nJ. Callers hold the lock. */
static u64 rail_nj(const struct rail *rail, u64 now_us)
{
	return rail->settled_nj + (now_us > settled_us ? (now_us - settled_us) * *rail->mw : 0);
}

static u64 read_nj(const struct rail *rail)
{
	unsigned long flags;
	u64 nj;

	raw_spin_lock_irqsave(&rails_lock, flags);
	nj = rail_nj(rail, ticked_us());
	raw_spin_unlock_irqrestore(&rails_lock, flags);
	return nj;
}

/* Writes a parameter between two moments: what came before keeps its power. */
static int settle_and(int (*set)(const char *, const struct kernel_param *), const char *text,
		      const struct kernel_param *parameter)
{
	unsigned long flags;
	unsigned int i;
	u64 now_us;
	int error;

	raw_spin_lock_irqsave(&rails_lock, flags);
	now_us = ticked_us();
	for (i = 0; i < rail_count; i++)
		rails[i].settled_nj = rail_nj(&rails[i], now_us);
	settled_us = max(settled_us, now_us);
	error = set(text, parameter);
	raw_spin_unlock_irqrestore(&rails_lock, flags);
	return error;
}

static int set_settled(const char *text, const struct kernel_param *parameter)
{
	return settle_and(param_set_ulong, text, parameter);
}

/* "50000" for every package, "50000,60000" for each. */
static int set_powers(const char *text, const struct kernel_param *parameter)
{
	unsigned long *powers = parameter->arg;
	unsigned long wanted[PACKAGES_MAX];
	int count = 0, i;
	char *rest;

	do {
		if (count == PACKAGES_MAX)
			return -EINVAL;
		wanted[count++] = simple_strtoul(text, &rest, 10);
		if (rest == text || (*rest && *rest != ',' && *rest != '\n'))
			return -EINVAL;
		text = rest + 1;
	} while (*rest == ',');
	for (i = 0; i < PACKAGES_MAX; i++)
		powers[i] = wanted[min(i, count - 1)];
	return 0;
}

static int set_powers_settled(const char *text, const struct kernel_param *parameter)
{
	return settle_and(set_powers, text, parameter);
}

static int get_powers(char *text, const struct kernel_param *parameter)
{
	const unsigned long *powers = parameter->arg;
	int length = 0;
	unsigned int i;

	for (i = 0; i < packages; i++)
		length += sysfs_emit_at(text, length, "%lu%c", powers[i], i + 1 < packages ? ',' : '\n');
	return length;
}

/* Sets every powercap counter; the other ways of reading go on as they were. */
static int set_start(const char *text, const struct kernel_param *parameter)
{
	int error = param_set_ulong(text, parameter);
	unsigned long flags;
	unsigned int i;
	u64 now_us;

	if (error)
		return error;
	raw_spin_lock_irqsave(&rails_lock, flags);
	now_us = ticked_us();
	for (i = 0; i < rail_count; i++)
		rails[i].offset_uj = start_uj - div_u64(rail_nj(&rails[i], now_us), 1000);
	raw_spin_unlock_irqrestore(&rails_lock, flags);
	return 0;
}

static const struct kernel_param_ops settled_ops = { .set = set_settled, .get = param_get_ulong };
static const struct kernel_param_ops powers_ops = { .set = set_powers_settled, .get = get_powers };
static const struct kernel_param_ops start_ops = { .set = set_start, .get = param_get_ulong };

module_param(packages, uint, 0444);
module_param_cb(package_mw, &powers_ops, package_mw, 0644);
module_param_cb(core_mw, &powers_ops, core_mw, 0644);
module_param_cb(dram_mw, &powers_ops, dram_mw, 0644);
module_param_cb(psys_mw, &settled_ops, &psys_mw, 0644);
module_param_cb(tick_us, &settled_ops, &tick_us, 0644);
module_param_cb(start_uj, &start_ops, &start_uj, 0644);
module_param(quantum_uj, ulong, 0644);
module_param(range_uj, ulong, 0644);
module_param(fail_errno, int, 0644);

/* ---- powercap ---- */

static struct powercap_control_type *control_type;

static int zone_energy_uj(struct powercap_zone *zone, u64 *energy_uj)
{
	const struct rail *rail = container_of(zone, struct rail, zone);
	unsigned long quantum = READ_ONCE(quantum_uj) ?: 1;
	int error = READ_ONCE(fail_errno);
	u64 uj;

	if (error)
		return -error;
	uj = div_u64(read_nj(rail), 1000) + rail->offset_uj;
	/* The highest value is the range, and the next one is 0: a register of whole quanta. */
	div64_u64_rem(uj, READ_ONCE(range_uj) + quantum, &uj);
	*energy_uj = div64_u64(uj, quantum) * quantum;
	return 0;
}

static int zone_range_uj(struct powercap_zone *zone, u64 *range)
{
	*range = READ_ONCE(range_uj);
	return 0;
}

/* Rails are part of the module: there is nothing to free. */
static int zone_release(struct powercap_zone *zone)
{
	return 0;
}

static const struct powercap_zone_ops zone_ops = {
	.get_energy_uj = zone_energy_uj,
	.get_max_energy_range_uj = zone_range_uj,
	.release = zone_release,
};

/* The framework wants a constraint. These are a server's: 125 W over 28 s. Setting one is accepted and ignored. */
static int limit_uw(struct powercap_zone *zone, int id, u64 *uw)
{
	*uw = 125000000;
	return 0;
}

static int window_us(struct powercap_zone *zone, int id, u64 *us)
{
	*us = 28000000;
	return 0;
}

static int ignore(struct powercap_zone *zone, int id, u64 value)
{
	return 0;
}

static const char *constraint_name(struct powercap_zone *zone, int id)
{
	return "long_term";
}

static const struct powercap_zone_constraint_ops constraint_ops = {
	.get_power_limit_uw = limit_uw,
	.get_max_power_uw = limit_uw,
	.set_power_limit_uw = ignore,
	.get_time_window_us = window_us,
	.set_time_window_us = ignore,
	.get_name = constraint_name,
};

static struct powercap_zone *add_rail(const char *name, struct powercap_zone *parent, const unsigned long *mw)
{
	struct rail *rail = &rails[rail_count];
	struct powercap_zone *zone;

	rail->mw = mw;
	rail->offset_uj = start_uj;
	zone = powercap_register_zone(&rail->zone, control_type, name, parent, &zone_ops, 1, &constraint_ops);
	if (!IS_ERR(zone))
		rail_count++;
	return zone;
}

/* Rails of package p: 3p is the package, 3p + 1 its cores, 3p + 2 its memory. */
static struct rail *package_rail(unsigned int package)
{
	return &rails[3 * package];
}

static struct rail *dram_rail(unsigned int package)
{
	return &rails[3 * package + 2];
}

static int add_rails(void)
{
	struct powercap_zone *zone, *child;
	unsigned int i;
	char name[16];

	control_type = powercap_register_control_type(NULL, "intel-rapl", NULL);
	if (IS_ERR(control_type))
		return PTR_ERR(control_type);
	for (i = 0; i < packages; i++) {
		snprintf(name, sizeof(name), "package-%u", i);
		zone = add_rail(name, NULL, &package_mw[i]);
		if (IS_ERR(zone))
			return PTR_ERR(zone);
		child = add_rail("core", zone, &core_mw[i]);
		if (IS_ERR(child))
			return PTR_ERR(child);
		child = add_rail("dram", zone, &dram_mw[i]);
		if (IS_ERR(child))
			return PTR_ERR(child);
	}
	return PTR_ERR_OR_ZERO(add_rail("psys", NULL, &psys_mw));
}

/* Children were added after their parents and go before them. */
static void remove_rails(void)
{
	while (rail_count)
		powercap_unregister_zone(control_type, &rails[--rail_count].zone);
	if (!IS_ERR_OR_NULL(control_type))
		powercap_unregister_control_type(control_type);
}

/* ---- perf: numbers of events and their unit are those of the kernel's own driver (arch/x86/events/rapl.c) ---- */

#define EVENT_PACKAGE 0x02
#define EVENT_DRAM 0x03

static bool pmu_registered;

/* Packages are numbered as the kernel numbers them, and read on their first CPU. */
static unsigned int package_of(int cpu)
{
	return (unsigned int)topology_physical_package_id(cpu) % packages;
}

/* 2^-32 J: the scale that the events state. */
static u64 event_units(const struct perf_event *event)
{
	unsigned int package = package_of(event->cpu);
	const struct rail *rail = event->attr.config == EVENT_DRAM ? dram_rail(package) : package_rail(package);

	return mul_u64_u64_div_u64(read_nj(rail), 1ULL << 32, NSEC_PER_SEC);
}

static void event_read(struct perf_event *event)
{
	u64 now = event_units(event);
	u64 before = local64_xchg(&event->hw.prev_count, now);

	local64_add(now - before, &event->count);
}

static void event_start(struct perf_event *event, int flags)
{
	local64_set(&event->hw.prev_count, event_units(event));
	event->hw.state = 0;
}

static void event_stop(struct perf_event *event, int flags)
{
	if (event->hw.state & PERF_HES_STOPPED)
		return;
	event_read(event);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static int event_add(struct perf_event *event, int flags)
{
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	if (flags & PERF_EF_START)
		event_start(event, flags);
	return 0;
}

static void event_del(struct perf_event *event, int flags)
{
	event_stop(event, flags);
}

static struct pmu power_pmu;

/* Energy belongs to a package, not to a task, and no interrupt tells when some of it was used. */
static int event_init(struct perf_event *event)
{
	if (event->attr.type != power_pmu.type)
		return -ENOENT;
	if (event->attr.config != EVENT_PACKAGE && event->attr.config != EVENT_DRAM)
		return -EINVAL;
	if (event->cpu < 0 || event->attr.sample_period)
		return -EINVAL;
	return 0;
}

PMU_FORMAT_ATTR(event, "config:0-7");
PMU_EVENT_ATTR_STRING(energy-pkg, package_event, "event=0x02");
PMU_EVENT_ATTR_STRING(energy-pkg.unit, package_unit, "Joules");
PMU_EVENT_ATTR_STRING(energy-pkg.scale, package_scale, "2.3283064365386962890625e-10");
PMU_EVENT_ATTR_STRING(energy-ram, dram_event, "event=0x03");
PMU_EVENT_ATTR_STRING(energy-ram.unit, dram_unit, "Joules");
PMU_EVENT_ATTR_STRING(energy-ram.scale, dram_scale, "2.3283064365386962890625e-10");

static ssize_t cpumask_show(struct device *device, struct device_attribute *attribute, char *text)
{
	bool seen[PACKAGES_MAX] = {};
	int cpu, length = 0;

	for_each_online_cpu(cpu) {
		if (seen[package_of(cpu)])
			continue;
		seen[package_of(cpu)] = true;
		length += sysfs_emit_at(text, length, "%s%d", length ? "," : "", cpu);
	}
	return length + sysfs_emit_at(text, length, "\n");
}
static DEVICE_ATTR_RO(cpumask);

static struct attribute *format_attrs[] = { &format_attr_event.attr, NULL };
static struct attribute *event_attrs[] = {
	&package_event.attr.attr, &package_unit.attr.attr, &package_scale.attr.attr,
	&dram_event.attr.attr, &dram_unit.attr.attr, &dram_scale.attr.attr, NULL,
};
static struct attribute *cpumask_attrs[] = { &dev_attr_cpumask.attr, NULL };
static const struct attribute_group format_group = { .name = "format", .attrs = format_attrs };
static const struct attribute_group event_group = { .name = "events", .attrs = event_attrs };
static const struct attribute_group cpumask_group = { .attrs = cpumask_attrs };
static const struct attribute_group *pmu_groups[] = { &cpumask_group, &event_group, &format_group, NULL };

static struct pmu power_pmu = {
	.module = THIS_MODULE,
	.task_ctx_nr = perf_invalid_context,
	.attr_groups = pmu_groups,
	.capabilities = PERF_PMU_CAP_NO_EXCLUDE,
	.event_init = event_init,
	.add = event_add,
	.del = event_del,
	.start = event_start,
	.stop = event_stop,
	.read = event_read,
};

/* ---- hwmon: the class and its files, for a kernel that has none ---- */

static struct class *hwmon_class;
static struct device *meter_device, *energy_device;

#define TEXT_ATTR(file, text) \
	static ssize_t file##_show(struct device *device, struct device_attribute *attribute, char *buffer) \
	{ \
		return sysfs_emit(buffer, "%s\n", text); \
	} \
	static DEVICE_ATTR_RO(file)

TEXT_ATTR(power1_label, "psys");
/* milliseconds that each value of power1_average is the mean of */
TEXT_ATTR(power1_average_interval, "100");

static ssize_t power1_average_show(struct device *device, struct device_attribute *attribute, char *buffer)
{
	return sysfs_emit(buffer, "%lu\n", READ_ONCE(psys_mw) * 1000);
}
static DEVICE_ATTR_RO(power1_average);

/* Both devices have one, so it asks which. */
static ssize_t name_show(struct device *device, struct device_attribute *attribute, char *buffer)
{
	return sysfs_emit(buffer, "%s\n", (const char *)dev_get_drvdata(device));
}
static DEVICE_ATTR_RO(name);

static ssize_t show_package_uj(unsigned int package, char *buffer)
{
	return sysfs_emit(buffer, "%llu\n", div_u64(read_nj(package_rail(package)), 1000));
}

#define ENERGY_ATTR(channel, package) \
	TEXT_ATTR(energy##channel##_label, "Esocket" #package); \
	static ssize_t energy##channel##_input_show(struct device *device, struct device_attribute *attribute, \
						    char *buffer) \
	{ \
		return show_package_uj(package, buffer); \
	} \
	static DEVICE_ATTR_ADMIN_RO(energy##channel##_input)

/* Counters of energy are root's alone, since they tell what a neighbour computes (CVE-2020-12912). */
ENERGY_ATTR(1, 0);
ENERGY_ATTR(2, 1);

static struct attribute *meter_attrs[] = {
	&dev_attr_name.attr, &dev_attr_power1_label.attr, &dev_attr_power1_average.attr,
	&dev_attr_power1_average_interval.attr, NULL,
};
static struct attribute *energy_attrs[] = {
	&dev_attr_name.attr, &dev_attr_energy1_label.attr, &dev_attr_energy1_input.attr,
	&dev_attr_energy2_label.attr, &dev_attr_energy2_input.attr, NULL,
};
ATTRIBUTE_GROUPS(meter);
ATTRIBUTE_GROUPS(energy);

static int add_hwmon(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	hwmon_class = class_create("hwmon");
#else
	hwmon_class = class_create(THIS_MODULE, "hwmon");
#endif
	if (IS_ERR(hwmon_class))
		return PTR_ERR(hwmon_class);
	meter_device = device_create_with_groups(hwmon_class, NULL, MKDEV(0, 0), "power_meter", meter_groups, "hwmon0");
	if (IS_ERR(meter_device))
		return PTR_ERR(meter_device);
	energy_device = device_create_with_groups(hwmon_class, NULL, MKDEV(0, 0), "amd_energy", energy_groups, "hwmon1");
	return PTR_ERR_OR_ZERO(energy_device);
}

static void remove_hwmon(void)
{
	if (!IS_ERR_OR_NULL(energy_device))
		device_unregister(energy_device);
	if (!IS_ERR_OR_NULL(meter_device))
		device_unregister(meter_device);
	if (!IS_ERR_OR_NULL(hwmon_class))
		class_destroy(hwmon_class);
}

/* ---- Loading ---- */

static void fakepower_remove(void)
{
	remove_hwmon();
	if (pmu_registered)
		perf_pmu_unregister(&power_pmu);
	remove_rails();
}

static int __init fakepower_init(void)
{
	int error;

	packages = clamp(packages, 2U, (unsigned int)PACKAGES_MAX);
	settled_us = ticked_us();
	error = add_rails();
	if (!error) {
		error = perf_pmu_register(&power_pmu, "power", -1);
		pmu_registered = !error;
	}
	if (!error)
		error = add_hwmon();
	if (error)
		fakepower_remove();
	return error;
}

static void __exit fakepower_exit(void)
{
	fakepower_remove();
}

module_init(fakepower_init);
module_exit(fakepower_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Energy counters that advance with the clock, for tests");
