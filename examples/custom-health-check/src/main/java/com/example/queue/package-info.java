/** A health check that looks at a directory used as a queue. */
package com.example.queue;
