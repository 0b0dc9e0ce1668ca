package com.example.shop;

import org.springframework.test.context.TestPropertySource;

/** Without Spring's adapter, and without the stock filter of weights. */
@TestPropertySource(properties = "management.observations.enable.http.server.requests=false")
class CanaryOnTheShortWayTests extends CanaryTests {}
