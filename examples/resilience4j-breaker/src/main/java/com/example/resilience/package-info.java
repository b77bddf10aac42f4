/** Lets a breaker of Resilience4j serve in a tree of Upkeep. */
package com.example.resilience;
