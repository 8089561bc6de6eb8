//! Does the simulation find what is wrong on purpose? Each seeded bug must be found within a thousand station-years.
