//! Where Sun and Moon stand, as far as a calendar needs it: new moons and the Sun's longitude. Pure.
//!
//! The series are those of J. Meeus, *Astronomical Algorithms*, 2nd edition, chapters 22, 25 and 49, and the largest terms
//! for the Earth of P. Bretagnon and G. Francou, *Planetary theories VSOP87* (version D). From 1900 to 2200 they miss by
//! less than half a minute of time, which is less than what nobody can foresee of the Earth's rotation.

use std::f64::consts::PI;

/// Vietnam is seven hours east of Greenwich, in days.
const EAST: f64 = 7.0 / 24.0;
/// Of a day of `DAY_ZERO` that begins at midnight, noon in Greenwich is so late.
const NOON: f64 = 0.5;
const CENTURY: f64 = 36_525.0;

/// Local days since 1 January 2000, which is day 0.
pub(super) type DayNumber = i32;

/// New moon number `k` after that of January 2000: the local day on which it falls.
pub(super) fn day_of_new_moon(k: i32) -> DayNumber {
    let terrestrial = new_moon(f64::from(k));
    floor(terrestrial - clock_lag(terrestrial) + EAST + NOON)
}

/// The last new moon of which it is certain that it falls before the local day `day`, two days at the least.
pub(super) fn new_moon_before(day: DayNumber) -> i32 {
    floor((f64::from(day) - 7.0) / 29.530_588_861) - 1
}

/// In which twelfth of its yearly way the Sun stands when a local day begins: 0 from the spring equinox on, 9 from the
/// winter solstice on.
pub(super) fn twelfth_at(day: DayNumber) -> u8 {
    let universal = f64::from(day) - NOON - EAST;
    let longitude = sun_longitude(universal + clock_lag(universal));
    u8::try_from(floor(longitude * 6.0 / PI)).unwrap_or_default() % 12
}

#[expect(clippy::cast_possible_truncation, reason = "days and moons of three centuries are small numbers")]
fn floor(number: f64) -> i32 {
    number.floor() as i32
}

/// Year and seconds by which the Earth's clock lags behind the even time of the series: observed until 2020 (IERS), then
/// a guess as good as others, which shifts one new moon in a thousand to another day.
const LAG: [(f64, f64); 15] = [
    (1900.0, -3.0),
    (1910.0, 10.0),
    (1920.0, 21.0),
    (1940.0, 24.0),
    (1950.0, 29.0),
    (1960.0, 33.0),
    (1970.0, 40.0),
    (1980.0, 51.0),
    (1990.0, 57.0),
    (2000.0, 64.0),
    (2010.0, 66.0),
    (2020.0, 69.0),
    (2050.0, 80.0),
    (2100.0, 120.0),
    (2200.0, 250.0),
];

/// ΔT, in days.
fn clock_lag(days: f64) -> f64 {
    let year = 2000.0 + days / 365.25;
    let between = LAG.windows(2).find(|pair| year < pair[1].0).unwrap_or(&LAG[LAG.len() - 2..]);
    let ((y0, s0), (y1, s1)) = (between[0], between[1]);
    (s0 + (s1 - s0) * (year - y0) / (y1 - y0)) / 86_400.0
}

/// Days by which a new moon is later than its mean: amount, power of the Earth's eccentricity, and multiples of the
/// mean anomalies of Sun and Moon and of the Moon's argument of latitude.
const MOON: [(f64, i32, [f64; 3]); 24] = [
    (-0.407_20, 0, [0.0, 1.0, 0.0]),
    (0.172_41, 1, [1.0, 0.0, 0.0]),
    (0.016_08, 0, [0.0, 2.0, 0.0]),
    (0.010_39, 0, [0.0, 0.0, 2.0]),
    (0.007_39, 1, [-1.0, 1.0, 0.0]),
    (-0.005_14, 1, [1.0, 1.0, 0.0]),
    (0.002_08, 2, [2.0, 0.0, 0.0]),
    (-0.001_11, 0, [0.0, 1.0, -2.0]),
    (-0.000_57, 0, [0.0, 1.0, 2.0]),
    (0.000_56, 1, [1.0, 2.0, 0.0]),
    (-0.000_42, 0, [0.0, 3.0, 0.0]),
    (0.000_42, 1, [1.0, 0.0, 2.0]),
    (0.000_38, 1, [1.0, 0.0, -2.0]),
    (-0.000_24, 1, [-1.0, 2.0, 0.0]),
    (-0.000_07, 0, [2.0, 1.0, 0.0]),
    (0.000_04, 0, [0.0, 2.0, -2.0]),
    (0.000_04, 0, [3.0, 0.0, 0.0]),
    (0.000_03, 0, [1.0, 1.0, -2.0]),
    (0.000_03, 0, [0.0, 2.0, 2.0]),
    (-0.000_03, 0, [1.0, 1.0, 2.0]),
    (0.000_03, 0, [-1.0, 1.0, 2.0]),
    (-0.000_02, 0, [-1.0, 1.0, -2.0]),
    (-0.000_02, 0, [1.0, 3.0, 0.0]),
    (0.000_02, 0, [0.0, 4.0, 0.0]),
];

/// What planets and the Moon's node do to a new moon: days, and the angle in degrees at moon 0 and its growth per moon.
const PULLS: [(f64, f64, f64); 14] = [
    (0.000_325, 299.77, 0.107_408),
    (0.000_165, 251.88, 0.016_321),
    (0.000_164, 251.83, 26.651_886),
    (0.000_126, 349.42, 36.412_478),
    (0.000_110, 84.66, 18.206_239),
    (0.000_062, 141.74, 53.303_771),
    (0.000_060, 207.14, 2.453_732),
    (0.000_056, 154.84, 7.306_860),
    (0.000_047, 34.52, 27.261_239),
    (0.000_042, 207.19, 0.121_824),
    (0.000_040, 291.34, 1.844_379),
    (0.000_037, 161.72, 24.198_154),
    (0.000_035, 239.56, 25.513_099),
    (0.000_023, 331.55, 3.592_518),
];

/// The time of new moon `k`, in even days since noon of 1 January 2000.
fn new_moon(k: f64) -> f64 {
    let t = k / 1236.85;
    let power = |n| t.powi(n);
    let mean = 5.097_66 + 29.530_588_861 * k + 0.000_154_37 * power(2) - 0.000_000_150 * power(3);
    let sun = 2.5534 + 29.105_356_70 * k - 0.000_001_4 * power(2);
    let moon = 201.5643 + 385.816_935_28 * k + 0.010_758_2 * power(2) + 0.000_012_38 * power(3);
    let latitude = 160.7108 + 390.670_502_84 * k - 0.001_611_8 * power(2) - 0.000_002_27 * power(3);
    let node = 124.7746 - 1.563_755_88 * k + 0.002_067_2 * power(2);
    let eccentricity = 1.0 - 0.002_516 * t - 0.000_007_4 * power(2);

    let main = MOON.iter().map(|(amount, order, [s, m, l])| {
        amount * eccentricity.powi(*order) * (s * sun + m * moon + l * latitude).to_radians().sin()
    });
    let pulls = PULLS.iter().map(|(amount, start, growth)| amount * (start + growth * k).to_radians().sin());
    mean + main.sum::<f64>() + pulls.sum::<f64>() - 0.000_17 * node.to_radians().sin()
}

/// VSOP87's terms of the Earth's longitude that do not grow: amount in 1e-8 radians, phase, growth per thousand years.
const EARTH: [(f64, f64, f64); 36] = [
    (3_341_656.0, 4.669_256_8, 6_283.075_85),
    (34_894.0, 4.626_10, 12_566.151_70),
    (3_497.0, 2.744_1, 5_753.384_9),
    (3_418.0, 2.828_9, 3.523_1),
    (3_136.0, 3.627_7, 77_713.771_5),
    (2_676.0, 4.418_1, 7_860.419_4),
    (2_343.0, 6.135_2, 3_930.209_7),
    (1_324.0, 0.742_5, 11_506.769_8),
    (1_273.0, 2.037_1, 529.691_0),
    (1_199.0, 1.109_6, 1_577.343_5),
    (990.0, 5.233, 5_884.927),
    (902.0, 2.045, 26.298),
    (857.0, 3.508, 398.149),
    (780.0, 1.179, 5_223.694),
    (753.0, 2.533, 5_507.553),
    (505.0, 4.583, 18_849.228),
    (492.0, 4.205, 775.523),
    (357.0, 2.920, 0.067),
    (317.0, 5.849, 11_790.629),
    (284.0, 1.899, 796.298),
    (271.0, 0.315, 10_977.079),
    (243.0, 0.345, 5_486.778),
    (206.0, 4.806, 2_544.314),
    (205.0, 1.869, 5_573.143),
    (202.0, 2.458, 6_069.777),
    (156.0, 0.833, 213.299),
    (132.0, 3.411, 2_942.463),
    (126.0, 1.083, 20.775),
    (115.0, 0.645, 0.980),
    (103.0, 0.636, 4_694.003),
    (102.0, 0.976, 15_720.839),
    (102.0, 4.267, 7.114),
    (99.0, 6.21, 2_146.17),
    (98.0, 0.68, 155.42),
    (86.0, 5.98, 161_000.69),
    (85.0, 1.30, 6_275.96),
];

/// Terms that grow with time.
const EARTH_GROWING: [(f64, f64, f64); 6] = [
    (206_059.0, 2.678_235, 6_283.075_85),
    (4_303.0, 2.635_1, 12_566.151_7),
    (425.0, 1.590, 3.523),
    (119.0, 5.796, 26.298),
    (109.0, 2.966, 1_577.344),
    (93.0, 2.59, 18_849.23),
];

/// The Sun's apparent longitude from the equinox of its day, 0 ≤ … < 2π, at a time in even days since noon of
/// 1 January 2000.
fn sun_longitude(days: f64) -> f64 {
    let millennia = days / (10.0 * CENTURY);
    let sum = |terms: &[(f64, f64, f64)]| -> f64 { terms.iter().map(|(a, b, c)| a * (b + c * millennia).cos()).sum() };
    let steady = 175_347_046.0 + sum(&EARTH);
    let growing = 628_331_966_747.0 + sum(&EARTH_GROWING);
    let faster = 52_919.0 + 8_720.0 * (1.072_1 + 6_283.075_8 * millennia).cos();
    let earth = (steady + growing * millennia + faster * millennia * millennia) * 1e-8;
    (earth + PI + seconds_of_arc(days)).rem_euclid(2.0 * PI)
}

/// Nutation, aberration and the step to the catalogue FK5, in radians.
fn seconds_of_arc(days: f64) -> f64 {
    let t = days / CENTURY;
    let angle = |start: f64, growth: f64| (start + growth * t).to_radians();
    let (node, sun, moon) =
        (angle(125.044_52, -1_934.136_261), angle(280.466_5, 36_000.769_8), angle(218.316_5, 481_267.881_3));
    let nutation =
        -17.20 * node.sin() - 1.32 * (2.0 * sun).sin() - 0.23 * (2.0 * moon).sin() + 0.21 * (2.0 * node).sin();
    let nearness = 1.0 + 0.0167 * angle(357.529_1, 35_999.050_3).cos();
    ((nutation - 20.4898 * nearness - 0.0903) / 3600.0).to_radians()
}
