import { whereUnavailable } from "../support/unavailable";

whereUnavailable("confirm");
