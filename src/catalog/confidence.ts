/** A: read in AWS's own material · B: two unrelated sightings or more · C: one sighting, or none that can be cited. */
export type Confidence = "A" | "B" | "C";
