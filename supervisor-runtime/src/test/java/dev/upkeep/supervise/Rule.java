package dev.upkeep.supervise;

/** The rules of the pages on supervision trees and on health, by the names they have there; and one of our own, of {@link Herds}. */
enum Rule {
    S1, S2, S3, S4, S5, S6, S7, S8, S9, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, B1, B2, B3, B4, B5, B6, B7, B8, B9, A1, A2, A3, A4, A5, A6, G1, G2, G3, G4, E1, E2, E3, H8, H9, C1, C6, HERD
}
