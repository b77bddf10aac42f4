/** The Java part of the self-healing example. */
package com.example.selfhealing;
