/** A small mail-order shop that runs under Upkeep, in one program. */
package com.example.shop;
