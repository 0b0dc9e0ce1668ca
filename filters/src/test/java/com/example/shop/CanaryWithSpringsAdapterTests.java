package com.example.shop;

/** With all that Spring puts between the server and the routes. */
class CanaryWithSpringsAdapterTests extends CanaryTests {}
