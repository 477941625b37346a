"""The least Streamlit page with a button that fetches rules from the API at RULES_URL."""

import os

import requests
import streamlit as st

if st.button("Recalculate", key="recalculate"):
    requests.get(os.environ["RULES_URL"], timeout=60).json()
    with st.container(key="banner"):
        st.write("Recalculated")
