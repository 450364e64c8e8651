import { whereUnavailable } from "../support/unavailable";

whereUnavailable("verify");
