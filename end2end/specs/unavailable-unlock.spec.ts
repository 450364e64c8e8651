import { whereUnavailable } from "../support/unavailable";

whereUnavailable("unlock");
